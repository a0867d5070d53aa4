import * as tf from '@tensorflow/tfjs';
import { registerGradients } from '../ops/gradients.js';
import { fusedOrThrow, kernelsOf, slownessWarning } from './choice.js';
import { kernelNames } from './kernelNames.js';
import type {
  AdamAttributes,
  ChainAttributes,
  ConvAttributes,
  ConvBackwardAttributes,
  ConvBackwardInputs,
  ConvInputs,
  CrossEntropyInputs,
  FusedKernelSet,
  GatedConvAttributes,
  GatedConvBackwardAttributes,
  GatedConvBackwardInputs,
  GatedConvInputs,
  KernelSet,
  LstmAttributes,
  LstmBackwardAttributes,
  LstmBackwardInputs,
  LstmForwardInputs,
  RMSPropAttributes,
} from './kernelSet.js';

const registeredBackends = new Set<string>();

/** `tf.engine().runKernel`, after making sure that the current backend knows our kernels. */
export function runKernel(
  name: string,
  inputs: tf.NamedTensorMap,
  attributes?: tf.NamedAttrMap,
): tf.Tensor | tf.Tensor[] {
  tf.backend(); // initialises a backend where nothing has done so yet
  const backendName = tf.getBackend();
  if (!registeredBackends.has(backendName)) {
    registeredBackends.add(backendName);
    registerGradients();
    registerKernels(backendName);
    const warning = slownessWarning();
    if (warning) console.warn(warning);
  }
  return tf.engine().runKernel(name, inputs, attributes);
}

/** One registration a backend; which kernels then run is decided at each call. */
function registerKernels(backendName: string): void {
  const register = <Inputs, Attributes>(
    kernelName: string,
    compute: Compute<KernelSet, Inputs, Attributes>,
  ) => registerWith(kernelsOf, kernelName, backendName, compute);
  // Without a composed kind: who calls them has chosen.
  const registerFused = <Inputs, Attributes>(
    kernelName: string,
    compute: Compute<FusedKernelSet, Inputs, Attributes>,
  ) => registerWith(fusedOrThrow, kernelName, backendName, compute);
  const convolve = (kernels: KernelSet, inputs: ConvInputs, attributes: ConvAttributes) =>
    kernels.maskedConv2d(inputs, attributes);
  register(kernelNames.maskedConv2d, convolve);
  register(kernelNames.maskedConv2dRelu, convolve);
  register(
    kernelNames.maskedConv2dBackward,
    (kernels, inputs: ConvBackwardInputs, attributes: ConvBackwardAttributes) =>
      kernels.maskedConv2dBackward(inputs, attributes),
  );
  register(kernelNames.chain, (kernels, inputs: Record<string, tf.TensorInfo>, attributes: ChainAttributes) =>
    kernels.chain({ ...convolutions(inputs), biases: list(inputs, 'bias') }, attributes),
  );
  register(
    kernelNames.chainBackward,
    (kernels, inputs: Record<string, tf.TensorInfo>, attributes: ChainAttributes) => {
      const saved = list(inputs, 'saved');
      const dy = inputs.dy as tf.TensorInfo;
      return kernels.chainBackward({ ...convolutions(inputs), saved, dy }, attributes);
    },
  );
  registerFused(
    kernelNames.gatedConv2d,
    (kernels, inputs: GatedConvInputs, attributes: GatedConvAttributes) =>
      kernels.gatedConv2d(inputs, attributes),
  );
  registerFused(
    kernelNames.gatedConv2dBackward,
    (kernels, inputs: GatedConvBackwardInputs, attributes: GatedConvBackwardAttributes) =>
      kernels.gatedConv2dBackward(inputs, attributes),
  );
  for (const name of ['rowLSTM', 'diagonalBiLSTM'] as const) {
    registerFused(kernelNames[name], (kernels, inputs: LstmForwardInputs, attributes: LstmAttributes) =>
      kernels[name](inputs, attributes),
    );
    registerFused(
      kernelNames[`${name}Backward`],
      (kernels, inputs: LstmBackwardInputs, attributes: LstmBackwardAttributes) =>
        kernels[`${name}Backward`](inputs, attributes),
    );
  }
  register(kernelNames.softmaxCrossEntropy, (kernels, inputs: CrossEntropyInputs) =>
    kernels.softmaxCrossEntropy(inputs),
  );
  register(
    kernelNames.softmaxCrossEntropyBackward,
    (kernels, inputs: Parameters<KernelSet['softmaxCrossEntropyBackward']>[0]) =>
      kernels.softmaxCrossEntropyBackward(inputs),
  );
  register(kernelNames.bernoulliCrossEntropy, (kernels, inputs: CrossEntropyInputs) =>
    kernels.bernoulliCrossEntropy(inputs),
  );
  register(
    kernelNames.bernoulliCrossEntropyBackward,
    (kernels, inputs: Parameters<KernelSet['bernoulliCrossEntropyBackward']>[0]) =>
      kernels.bernoulliCrossEntropyBackward(inputs),
  );
  register(
    kernelNames.rmsProp,
    (kernels, inputs: Record<string, tf.TensorInfo>, attributes: RMSPropAttributes) =>
      kernels.rmsProp(parts(Object.values(inputs), 3), attributes),
  );
  register(kernelNames.adam, (kernels, inputs: Record<string, tf.TensorInfo>, attributes: AdamAttributes) =>
    kernels.adam(parts(Object.values(inputs), 4), attributes),
  );
}

type Compute<Kernels, Inputs, Attributes> = (
  kernels: Kernels,
  inputs: Inputs,
  attributes: Attributes,
) => tf.TensorInfo | tf.TensorInfo[];

function registerWith<Kernels, Inputs, Attributes>(
  kernelsFor: (backend: tf.KernelBackend) => Kernels,
  kernelName: string,
  backendName: string,
  compute: Compute<Kernels, Inputs, Attributes>,
): void {
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute(kernelsFor(backend as tf.KernelBackend), inputs as Inputs, attrs as Attributes),
  });
}

/** The inputs that are named `name0`, `name1` and so on. */
function list(inputs: Record<string, tf.TensorInfo>, name: string): tf.TensorInfo[] {
  const tensors: tf.TensorInfo[] = [];
  for (let i = 0; inputs[`${name}${i}`]; i++) tensors.push(inputs[`${name}${i}`] as tf.TensorInfo);
  return tensors;
}

function convolutions(inputs: Record<string, tf.TensorInfo>) {
  return { x: inputs.x as tf.TensorInfo, kernels: list(inputs, 'kernel'), masks: list(inputs, 'mask') };
}

/** Splits a list into `count` equal parts. */
function parts<T>(list: readonly T[], count: number): T[][] {
  const size = list.length / count;
  return Array.from({ length: count }, (_, i) => list.slice(i * size, (i + 1) * size));
}
