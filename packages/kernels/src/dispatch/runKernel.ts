import * as tf from '@tensorflow/tfjs';
import type { FusedKernelSet } from '../fused/kernelSets.js';
import { fusedOrThrow, kernelsOf, slownessWarning } from './choice.js';
import { opName } from './opName.js';

/**
 * An operation of the kernel sets. `maskedConv2dRelu` is `maskedConv2d` with a ReLU at the output: its gradient needs the
 * output, the other's does not.
 */
export type KernelName = Exclude<keyof FusedKernelSet, 'kind'> | 'maskedConv2dRelu';

type Compute = (inputs: object, attributes: object) => tf.TensorInfo[];

const registered = new Set<string>();

/**
 * `tf.engine().runKernel`, after making sure that the current backend knows the kernel.
 *
 * @param inputs by name; those named `list/0`, `list/1` and so on are a list to the kernel
 */
export function runKernel(
  name: KernelName,
  inputs: tf.NamedTensorMap,
  attributes?: tf.NamedAttrMap,
): tf.Tensor[] {
  tf.backend(); // initialises a backend where nothing has done so yet
  const backendName = tf.getBackend();
  if (!registered.has(backendName)) {
    registered.add(backendName);
    const warning = slownessWarning();
    if (warning) console.warn(warning);
  }
  const kernelName = opName(name);
  if (!registered.has(`${backendName}/${name}`)) {
    registered.add(`${backendName}/${name}`);
    register(name, kernelName, backendName);
  }
  return tf.engine().runKernel(kernelName, inputs, attributes) as tf.Tensor[];
}

/** One registration a backend; which kernels then run is decided at each call. */
function register(name: KernelName, kernelName: string, backendName: string): void {
  const method = name === 'maskedConv2dRelu' ? 'maskedConv2d' : name;
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const kernels: Partial<FusedKernelSet> = kernelsOf(backend as tf.KernelBackend) as object;
      // Gated and recurrent layers have no composed kind: who calls them has chosen.
      const compute = kernels[method] ?? fusedOrThrow(backend as tf.KernelBackend)[method];
      return (compute as Compute)(withLists(inputs as tf.NamedTensorMap), attrs as object);
    },
  });
}

function withLists(inputs: tf.NamedTensorMap): Record<string, tf.Tensor | tf.Tensor[]> {
  const grouped: Record<string, tf.Tensor | tf.Tensor[]> = {};
  for (const [key, tensor] of Object.entries(inputs)) {
    const [name, place] = key.split('/') as [string, string?];
    grouped[name] = place === undefined ? tensor : [...((grouped[name] as tf.Tensor[]) ?? []), tensor];
  }
  return grouped;
}
