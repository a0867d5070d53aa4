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

/** Why there are no fused kernels: a phrase that ends an error sentence, without a full stop. */
export interface Unavailable {
  unavailable: string;
  /** Whether an install or a repair would bring them. */
  repairable?: boolean;
}
