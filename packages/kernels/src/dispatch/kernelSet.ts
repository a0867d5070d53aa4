import type * as tf from '@tensorflow/tfjs';

/** Fused: `native` is the TensorFlow custom ops, `wasm` the module on the WASM backend's heap. */
export type KernelKind = 'native' | 'wasm' | 'composed';

/** What a kernel hands back: a tensor, or the description of one that TensorFlow.js wraps. */
type Output = tf.TensorInfo;

/** A type alias, not an interface, so that it fits TensorFlow.js's index signature of attributes. */
export type ConvAttributes = {
  /** Row and column of each live tap, flattened. */
  taps: number[];
  inputRelu: boolean;
  outputRelu: boolean;
};

export interface ConvInputs {
  x: tf.TensorInfo;
  kernel: tf.TensorInfo;
  mask: tf.TensorInfo;
  bias?: tf.TensorInfo;
  residual?: tf.TensorInfo;
}

export interface ConvBackwardInputs {
  x: tf.TensorInfo;
  kernel: tf.TensorInfo;
  mask: tf.TensorInfo;
  /** The forward output, given where `outputRelu` is set. */
  y?: tf.TensorInfo;
  dy: tf.TensorInfo;
}

export type ConvBackwardAttributes = ConvAttributes & {
  /** Compute dx too; the first layer of a network needs none. */
  inputGradient: boolean;
  biasGradient: boolean;
};

/** Each list: one tensor for each convolution. */
export interface ChainInputs {
  x: tf.TensorInfo;
  kernels: tf.TensorInfo[];
  masks: tf.TensorInfo[];
  biases: tf.TensorInfo[];
}

interface ChainBackwardInputs extends Omit<ChainInputs, 'biases'> {
  /** What `chain` gave behind y. */
  saved: tf.TensorInfo[];
  dy: tf.TensorInfo;
}

/** Each list: one entry for each convolution. */
export type ChainAttributes = {
  /** Row and column of each live tap, flattened. */
  taps: number[][];
  inputRelus: boolean[];
  /** The convolution whose input is added to the output, or -1. */
  residuals: number[];
};

export interface GatedConvInputs {
  x: tf.TensorInfo;
  kernel: tf.TensorInfo;
  mask: tf.TensorInfo;
  bias?: tf.TensorInfo;
  vector?: tf.TensorInfo;
  map?: tf.TensorInfo;
}

export interface GatedConvBackwardInputs extends Pick<GatedConvInputs, 'x' | 'kernel' | 'mask'> {
  halves: tf.TensorInfo;
  dy: tf.TensorInfo;
}

export type GatedConvAttributes = Pick<ConvAttributes, 'taps'>;

/** Of each optional input none or one. */
export type GatedConvBackwardAttributes = GatedConvAttributes & {
  biases: number;
  vectors: number;
  maps: number;
};

/** The parameters of a recurrent layer, shaped as in `RowLSTMInputs` and `DiagonalBiLSTMInputs`. */
export interface LstmInputs {
  x: tf.TensorInfo;
  inputKernel: tf.TensorInfo;
  inputMask: tf.TensorInfo;
  bias: tf.TensorInfo;
  stateKernel: tf.TensorInfo;
  initialHidden: tf.TensorInfo;
  initialCell: tf.TensorInfo;
  /** All three or none. */
  upKernel?: tf.TensorInfo;
  upMask?: tf.TensorInfo;
  upBias?: tf.TensorInfo;
}

export type LstmForwardInputs = LstmInputs & { addition?: tf.TensorInfo };
export type LstmBackwardInputs = LstmInputs & {
  gates: tf.TensorInfo;
  /** The hidden map, given with an up-projection. */
  hidden?: tf.TensorInfo;
  dy: tf.TensorInfo;
};

export type LstmAttributes = {
  /** Of the input kernel, row and column of each live tap, flattened. */
  taps: number[];
  residual: boolean;
};
export type LstmBackwardAttributes = LstmAttributes & { additionGradient: boolean };

export interface CrossEntropyInputs {
  logits: tf.TensorInfo;
  labels: tf.TensorInfo;
}

export type RMSPropAttributes = { rate: number; decay: number; epsilon: number };
export type AdamAttributes = { rate: number; beta1: number; beta2: number; epsilon: number; step: number };

/** One way of computing all operations of this package. Shapes and types have been checked before. */
export interface KernelSet {
  readonly kind: KernelKind;
  /** y [B, H, W, Cout] */
  maskedConv2d(inputs: ConvInputs, attributes: ConvAttributes): Output;
  /** dx if asked for, dkernel, dbias if asked for */
  maskedConv2dBackward(inputs: ConvBackwardInputs, attributes: ConvBackwardAttributes): Output[];
  /** y, then what the backward pass needs of the maps between */
  chain(inputs: ChainInputs, attributes: ChainAttributes): Output[];
  /** dx, then all dkernels, then all dbiases */
  chainBackward(inputs: ChainBackwardInputs, attributes: ChainAttributes): Output[];
  /** nats [B] and the log-sum-exp of every row, of the labels' shape */
  softmaxCrossEntropy(inputs: CrossEntropyInputs): Output[];
  /** dlogits */
  softmaxCrossEntropyBackward(
    inputs: CrossEntropyInputs & { normaliser: tf.TensorInfo; dnats: tf.TensorInfo },
  ): Output;
  /** nats [B] */
  bernoulliCrossEntropy(inputs: CrossEntropyInputs): Output;
  /** dlogits */
  bernoulliCrossEntropyBackward(inputs: CrossEntropyInputs & { dnats: tf.TensorInfo }): Output;
  /** [gradients, parameters, squares] -> new parameters, then new squares */
  rmsProp(lists: readonly (readonly tf.TensorInfo[])[], attributes: RMSPropAttributes): Output[];
  /** [gradients, parameters, means, squares] -> new parameters, then new means, then new squares */
  adam(lists: readonly (readonly tf.TensorInfo[])[], attributes: AdamAttributes): Output[];
}

/**
 * Gated units and recurrent layers too, which are functions of TensorFlow.js' own operations where kernels are composed. Of
 * a recurrent layer, forward: y, the activated gates, and with an up-projection the hidden map; backward: the gradients of all inputs but the masks in
 * their order, then of the addition if asked for.
 */
export interface FusedKernelSet extends KernelSet {
  readonly kind: Exclude<KernelKind, 'composed'>;
  /** y [B, H, W, p], and tanh and sigmoid [B, H, W, 2p] */
  gatedConv2d(inputs: GatedConvInputs, attributes: GatedConvAttributes): Output[];
  /** dx, dkernel, and those of bias, vector and map that were given */
  gatedConv2dBackward(inputs: GatedConvBackwardInputs, attributes: GatedConvBackwardAttributes): Output[];
  rowLSTM(inputs: LstmForwardInputs, attributes: LstmAttributes): Output[];
  rowLSTMBackward(inputs: LstmBackwardInputs, attributes: LstmBackwardAttributes): Output[];
  diagonalBiLSTM(inputs: LstmForwardInputs, attributes: LstmAttributes): Output[];
  diagonalBiLSTMBackward(inputs: LstmBackwardInputs, attributes: LstmBackwardAttributes): Output[];
}

/** Why there are no fused kernels: a phrase that ends an error sentence, without a full stop. */
export interface Unavailable {
  unavailable: string;
  /** Whether an install or a repair would bring them. */
  repairable?: boolean;
}
