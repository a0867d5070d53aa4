import * as tf from '@tensorflow/tfjs';
import { kernelsOf, slownessWarning } from './choice.js';
import { registerGradients } from './gradients.js';
import { kernelNames } from './kernelNames.js';
import type {
  AdamAttributes,
  ChainAttributes,
  ConvAttributes,
  ConvBackwardAttributes,
  ConvBackwardInputs,
  ConvInputs,
  CrossEntropyInputs,
  KernelSet,
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
    compute: (kernels: KernelSet, inputs: Inputs, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[],
  ): void => {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        compute(kernelsOf(backend as tf.KernelBackend), inputs as Inputs, attrs as Attributes),
    });
  };
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
