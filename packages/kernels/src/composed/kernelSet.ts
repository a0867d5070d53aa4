import * as tf from '@tensorflow/tfjs';
import type { KernelSet } from '../dispatch/kernelSet.js';
import { composedChain, composedChainBackward } from './convolutionChain.js';
import {
  composedBernoulliCrossEntropy,
  composedBernoulliCrossEntropyBackward,
  composedSoftmaxCrossEntropy,
  composedSoftmaxCrossEntropyBackward,
} from './crossEntropy.js';
import { composedMaskedConv2d, composedMaskedConv2dBackward } from './maskedConv2d.js';
import { composedAdam, composedRMSProp } from './optimisers.js';

/** `tf.runKernel` passes whole tensors on, though its types promise only their descriptions. */
function tidied<Inputs, Rest extends unknown[], Result extends tf.TensorContainer>(
  compute: (inputs: Inputs, ...rest: Rest) => Result,
): (inputs: unknown, ...rest: Rest) => Result {
  return (inputs, ...rest) => tf.tidy(() => compute(inputs as Inputs, ...rest));
}

/** The references, from operations that every TensorFlow.js backend has. */
export const composedKernels: KernelSet = {
  kind: 'composed',
  maskedConv2d: tidied(composedMaskedConv2d),
  maskedConv2dBackward: tidied(composedMaskedConv2dBackward),
  chain: tidied(composedChain),
  chainBackward: tidied(composedChainBackward),
  softmaxCrossEntropy: tidied(composedSoftmaxCrossEntropy),
  softmaxCrossEntropyBackward: tidied(composedSoftmaxCrossEntropyBackward),
  bernoulliCrossEntropy: tidied(composedBernoulliCrossEntropy),
  bernoulliCrossEntropyBackward: tidied(composedBernoulliCrossEntropyBackward),
  rmsProp: tidied(composedRMSProp),
  adam: tidied(composedAdam),
};
