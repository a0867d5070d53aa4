// Written by wasm/header.mjs from cpp/kernels.h.

/** A place in the module's memory; 0 is null. */
export type Address = number;

/** The byte at which each field of a struct begins; a field is an int32 or an address. */
export const structs = {
  pixelrnn_conv: {
    batch: 0,
    height: 4,
    width: 8,
    cin: 12,
    cout: 16,
    kernelHeight: 20,
    kernelWidth: 24,
    tapCount: 28,
    taps: 32,
    inputRelu: 36,
    outputRelu: 40,
  },
  pixelrnn_gated_layer: {
    vertical: {
      batch: 0,
      height: 4,
      width: 8,
      cin: 12,
      cout: 16,
      kernelHeight: 20,
      kernelWidth: 24,
      tapCount: 28,
      taps: 32,
      inputRelu: 36,
      outputRelu: 40,
    },
    link: {
      batch: 44,
      height: 48,
      width: 52,
      cin: 56,
      cout: 60,
      kernelHeight: 64,
      kernelWidth: 68,
      tapCount: 72,
      taps: 76,
      inputRelu: 80,
      outputRelu: 84,
    },
    horizontal: {
      batch: 88,
      height: 92,
      width: 96,
      cin: 100,
      cout: 104,
      kernelHeight: 108,
      kernelWidth: 112,
      tapCount: 116,
      taps: 120,
      inputRelu: 124,
      outputRelu: 128,
    },
    projection: {
      batch: 132,
      height: 136,
      width: 140,
      cin: 144,
      cout: 148,
      kernelHeight: 152,
      kernelWidth: 156,
      tapCount: 160,
      taps: 164,
      inputRelu: 168,
      outputRelu: 172,
    },
    residual: 176,
  },
  pixelrnn_conv_chain: {
    count: 0,
    convs: 4,
    residuals: 8,
  },
  pixelrnn_lstm_parameters: {
    inputKernel: 0,
    inputMask: 4,
    bias: 8,
    stateKernel: 12,
    initialHidden: 16,
    initialCell: 20,
    upKernel: 24,
    upMask: 28,
    upBias: 32,
  },
  pixelrnn_lstm_gradients: {
    x: 0,
    inputKernel: 4,
    bias: 8,
    stateKernel: 12,
    initialHidden: 16,
    initialCell: 20,
    upKernel: 24,
    upBias: 28,
    addition: 32,
  },
  pixelrnn_up_projection: {
    channels: 0,
    residual: 4,
  },
  pixelrnn_row_lstm: {
    batch: 0,
    height: 4,
    width: 8,
    cin: 12,
    hidden: 16,
    kernelWidth: 20,
    tapCount: 24,
    taps: 28,
    stateWidth: 32,
    up: {
      channels: 36,
      residual: 40,
    },
  },
  pixelrnn_diagonal_bilstm: {
    batch: 0,
    height: 4,
    width: 8,
    cin: 12,
    hidden: 16,
    up: {
      channels: 20,
      residual: 24,
    },
  },
} as const;

/** Bytes of a struct. */
export const structBytes = {
  pixelrnn_conv: 44,
  pixelrnn_gated_layer: 180,
  pixelrnn_conv_chain: 12,
  pixelrnn_lstm_parameters: 36,
  pixelrnn_lstm_gradients: 36,
  pixelrnn_up_projection: 8,
  pixelrnn_row_lstm: 44,
  pixelrnn_diagonal_bilstm: 28,
} as const;

/** The functions, arguments by name; the executor is always null. */
export interface Kernels {
  pixelrnn_conv_forward_workspace(given: { conv: Address }): number;
  pixelrnn_conv_forward(given: {
    conv: Address;
    x: Address;
    kernel: Address;
    mask: Address;
    bias: Address;
    residual: Address;
    y: Address;
    workspace: Address;
  }): void;
  pixelrnn_conv_backward_workspace(given: { conv: Address }): number;
  pixelrnn_conv_backward(given: {
    conv: Address;
    x: Address;
    kernel: Address;
    mask: Address;
    y: Address;
    dy: Address;
    dx: Address;
    dkernel: Address;
    dbias: Address;
    workspace: Address;
  }): void;
  pixelrnn_gated_layer_forward_workspace(given: { layer: Address }): number;
  pixelrnn_gated_layer_forward(given: {
    layer: Address;
    v: Address;
    h: Address;
    kernels: Address;
    masks: Address;
    biases: Address;
    vector: Address;
    map: Address;
    nextV: Address;
    nextH: Address;
    sums: Address;
    halves: Address;
    workspace: Address;
  }): void;
  pixelrnn_gated_layer_backward_workspace(given: { layer: Address }): number;
  pixelrnn_gated_layer_backward(given: {
    layer: Address;
    v: Address;
    h: Address;
    kernels: Address;
    masks: Address;
    sums: Address;
    halves: Address;
    dnextV: Address;
    dnextH: Address;
    dv: Address;
    dh: Address;
    dkernels: Address;
    dbiases: Address;
    dvector: Address;
    dmap: Address;
    workspace: Address;
  }): void;
  pixelrnn_conv_chain_maps(given: { chain: Address }): number;
  pixelrnn_conv_chain_forward_workspace(given: { chain: Address }): number;
  pixelrnn_conv_chain_forward(given: {
    chain: Address;
    x: Address;
    kernels: Address;
    masks: Address;
    biases: Address;
    maps: Address;
    y: Address;
    workspace: Address;
  }): void;
  pixelrnn_conv_chain_backward_workspace(given: { chain: Address }): number;
  pixelrnn_conv_chain_backward(given: {
    chain: Address;
    x: Address;
    kernels: Address;
    masks: Address;
    maps: Address;
    dy: Address;
    dx: Address;
    dkernels: Address;
    dbiases: Address;
    workspace: Address;
  }): void;
  pixelrnn_row_lstm_forward_workspace(given: { lstm: Address }): number;
  pixelrnn_row_lstm_forward(given: {
    lstm: Address;
    x: Address;
    parameters: Address;
    addition: Address;
    gates: Address;
    hidden: Address;
    y: Address;
    workspace: Address;
  }): void;
  pixelrnn_row_lstm_backward_workspace(given: { lstm: Address }): number;
  pixelrnn_row_lstm_backward(given: {
    lstm: Address;
    x: Address;
    parameters: Address;
    gates: Address;
    hidden: Address;
    dy: Address;
    gradients: Address;
    workspace: Address;
  }): void;
  pixelrnn_diagonal_bilstm_forward_workspace(given: { lstm: Address }): number;
  pixelrnn_diagonal_bilstm_forward(given: {
    lstm: Address;
    x: Address;
    parameters: Address;
    addition: Address;
    gates: Address;
    hidden: Address;
    y: Address;
    workspace: Address;
  }): void;
  pixelrnn_diagonal_bilstm_backward_workspace(given: { lstm: Address }): number;
  pixelrnn_diagonal_bilstm_backward(given: {
    lstm: Address;
    x: Address;
    parameters: Address;
    gates: Address;
    hidden: Address;
    dy: Address;
    gradients: Address;
    workspace: Address;
  }): void;
  pixelrnn_softmax_cross_entropy_forward(given: {
    batch: number;
    perImage: number;
    levels: number;
    logits: Address;
    labels: Address;
    nats: Address;
    normaliser: Address;
  }): number;
  pixelrnn_softmax_cross_entropy_backward(given: {
    batch: number;
    perImage: number;
    levels: number;
    logits: Address;
    labels: Address;
    normaliser: Address;
    dnats: Address;
    dlogits: Address;
  }): void;
  pixelrnn_bernoulli_cross_entropy_forward(given: {
    batch: number;
    perImage: number;
    logits: Address;
    labels: Address;
    nats: Address;
  }): number;
  pixelrnn_bernoulli_cross_entropy_backward(given: {
    batch: number;
    perImage: number;
    logits: Address;
    labels: Address;
    dnats: Address;
    dlogits: Address;
  }): void;
  pixelrnn_rmsprop(given: {
    count: number;
    rate: number;
    decay: number;
    epsilon: number;
    gradient: Address;
    parameter: Address;
    square: Address;
    newParameter: Address;
    newSquare: Address;
  }): void;
  pixelrnn_adam(given: {
    count: number;
    rate: number;
    beta1: number;
    beta2: number;
    epsilon: number;
    step: number;
    gradient: Address;
    parameter: Address;
    mean: Address;
    square: Address;
    newParameter: Address;
    newMean: Address;
    newSquare: Address;
  }): void;
}

/** The names of their parameters in the order of C. */
export const parameters: Readonly<Record<keyof Kernels, readonly string[]>> = {
  pixelrnn_conv_forward_workspace: ['conv'],
  pixelrnn_conv_forward: ['conv', 'x', 'kernel', 'mask', 'bias', 'residual', 'y', 'workspace', 'executor'],
  pixelrnn_conv_backward_workspace: ['conv'],
  pixelrnn_conv_backward: [
    'conv',
    'x',
    'kernel',
    'mask',
    'y',
    'dy',
    'dx',
    'dkernel',
    'dbias',
    'workspace',
    'executor',
  ],
  pixelrnn_gated_layer_forward_workspace: ['layer'],
  pixelrnn_gated_layer_forward: [
    'layer',
    'v',
    'h',
    'kernels',
    'masks',
    'biases',
    'vector',
    'map',
    'nextV',
    'nextH',
    'sums',
    'halves',
    'workspace',
    'executor',
  ],
  pixelrnn_gated_layer_backward_workspace: ['layer'],
  pixelrnn_gated_layer_backward: [
    'layer',
    'v',
    'h',
    'kernels',
    'masks',
    'sums',
    'halves',
    'dnextV',
    'dnextH',
    'dv',
    'dh',
    'dkernels',
    'dbiases',
    'dvector',
    'dmap',
    'workspace',
    'executor',
  ],
  pixelrnn_conv_chain_maps: ['chain'],
  pixelrnn_conv_chain_forward_workspace: ['chain'],
  pixelrnn_conv_chain_forward: [
    'chain',
    'x',
    'kernels',
    'masks',
    'biases',
    'maps',
    'y',
    'workspace',
    'executor',
  ],
  pixelrnn_conv_chain_backward_workspace: ['chain'],
  pixelrnn_conv_chain_backward: [
    'chain',
    'x',
    'kernels',
    'masks',
    'maps',
    'dy',
    'dx',
    'dkernels',
    'dbiases',
    'workspace',
    'executor',
  ],
  pixelrnn_row_lstm_forward_workspace: ['lstm'],
  pixelrnn_row_lstm_forward: [
    'lstm',
    'x',
    'parameters',
    'addition',
    'gates',
    'hidden',
    'y',
    'workspace',
    'executor',
  ],
  pixelrnn_row_lstm_backward_workspace: ['lstm'],
  pixelrnn_row_lstm_backward: [
    'lstm',
    'x',
    'parameters',
    'gates',
    'hidden',
    'dy',
    'gradients',
    'workspace',
    'executor',
  ],
  pixelrnn_diagonal_bilstm_forward_workspace: ['lstm'],
  pixelrnn_diagonal_bilstm_forward: [
    'lstm',
    'x',
    'parameters',
    'addition',
    'gates',
    'hidden',
    'y',
    'workspace',
    'executor',
  ],
  pixelrnn_diagonal_bilstm_backward_workspace: ['lstm'],
  pixelrnn_diagonal_bilstm_backward: [
    'lstm',
    'x',
    'parameters',
    'gates',
    'hidden',
    'dy',
    'gradients',
    'workspace',
    'executor',
  ],
  pixelrnn_softmax_cross_entropy_forward: [
    'batch',
    'perImage',
    'levels',
    'logits',
    'labels',
    'nats',
    'normaliser',
    'executor',
  ],
  pixelrnn_softmax_cross_entropy_backward: [
    'batch',
    'perImage',
    'levels',
    'logits',
    'labels',
    'normaliser',
    'dnats',
    'dlogits',
    'executor',
  ],
  pixelrnn_bernoulli_cross_entropy_forward: ['batch', 'perImage', 'logits', 'labels', 'nats', 'executor'],
  pixelrnn_bernoulli_cross_entropy_backward: [
    'batch',
    'perImage',
    'logits',
    'labels',
    'dnats',
    'dlogits',
    'executor',
  ],
  pixelrnn_rmsprop: [
    'count',
    'rate',
    'decay',
    'epsilon',
    'gradient',
    'parameter',
    'square',
    'newParameter',
    'newSquare',
  ],
  pixelrnn_adam: [
    'count',
    'rate',
    'beta1',
    'beta2',
    'epsilon',
    'step',
    'gradient',
    'parameter',
    'mean',
    'square',
    'newParameter',
    'newMean',
    'newSquare',
  ],
};
