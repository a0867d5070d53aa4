import * as tf from '@tensorflow/tfjs';
import type { KernelSet } from '../fused/kernelSets.js';
import { composedChain, composedChainBackward } from './convolutionChain.js';
import {
  composedBernoulliCrossEntropy,
  composedBernoulliCrossEntropyBackward,
  composedSoftmaxCrossEntropy,
  composedSoftmaxCrossEntropyBackward,
} from './crossEntropy.js';
import { composedMaskedConv2d, composedMaskedConv2dBackward } from './maskedConv2d.js';
import { composedAdam, composedRMSProp } from './optimizers.js';

/**
 * A list of outputs, whether there is one or more. `tf.runKernel` passes whole tensors on, though its types promise only
 * their descriptions.
 */
function tidied<Inputs, Rest extends unknown[]>(
  compute: (inputs: Inputs, ...rest: Rest) => tf.Tensor | tf.Tensor[],
): (inputs: unknown, ...rest: Rest) => tf.Tensor[] {
  return (inputs, ...rest) => tf.tidy(() => [compute(inputs as Inputs, ...rest)].flat());
}

/** The references, from operations that every TensorFlow.js backend has. */
export const composedKernels: KernelSet = {
  kind: 'composed',
  maskedConv2d: tidied(composedMaskedConv2d),
  maskedConv2dBackward: tidied(composedMaskedConv2dBackward),
  convolutionChain: tidied(composedChain),
  convolutionChainBackward: tidied(composedChainBackward),
  softmaxCrossEntropy: tidied(composedSoftmaxCrossEntropy),
  softmaxCrossEntropyBackward: tidied(composedSoftmaxCrossEntropyBackward),
  bernoulliCrossEntropy: tidied(composedBernoulliCrossEntropy),
  bernoulliCrossEntropyBackward: tidied(composedBernoulliCrossEntropyBackward),
  rmsProp: tidied(composedRMSProp),
  adam: tidied(composedAdam),
};
