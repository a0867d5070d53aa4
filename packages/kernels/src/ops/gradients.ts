import * as tf from '@tensorflow/tfjs';
import { kernelNames } from '../dispatch/kernelNames.js';
import type { ConvAttributes, ConvBackwardAttributes } from '../dispatch/kernelSet.js';
import { outsideInnermostTidy } from '../dispatch/outsideScope.js';

type GradFunc = tf.GradFunc;

let registered = false;

/** Tells TensorFlow.js the gradients, which are the same kernels' on every backend. */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  tf.registerGradient({
    kernelName: kernelNames.maskedConv2d,
    inputsToSave: ['x', 'kernel', 'mask'],
    gradFunc: maskedConv2dGradient,
  });
  tf.registerGradient({
    kernelName: kernelNames.maskedConv2dRelu,
    inputsToSave: ['x', 'kernel', 'mask'],
    outputsToSave: [true],
    gradFunc: maskedConv2dGradient,
  });
  tf.registerGradient({
    kernelName: kernelNames.softmaxCrossEntropy,
    inputsToSave: ['logits', 'labels'],
    outputsToSave: [false, true],
    gradFunc: (dys, saved) => {
      const [logits, labels, normaliser] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const dnats = (dys as tf.Tensor[])[0] as tf.Tensor;
      const inputs = { logits, labels, normaliser, dnats };
      return {
        logits: () => tf.engine().runKernel(kernelNames.softmaxCrossEntropyBackward, inputs) as tf.Tensor,
      };
    },
  });
  tf.registerGradient({
    kernelName: kernelNames.bernoulliCrossEntropy,
    inputsToSave: ['logits', 'labels'],
    gradFunc: (dnats, saved) => {
      const [logits, labels] = saved as [tf.Tensor, tf.Tensor];
      const inputs = { logits, labels, dnats: dnats as tf.Tensor };
      return {
        logits: () => tf.engine().runKernel(kernelNames.bernoulliCrossEntropyBackward, inputs) as tf.Tensor,
      };
    },
  });
}

/**
 * All gradients come from one kernel, run at the first that is asked for. Inputs are asked for in the order in which
 * they were given, x first; if x is not, nothing depends on dx and it is not computed.
 */
const maskedConv2dGradient: GradFunc = (dy, saved, attributes) => {
  const [x, kernel, mask, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
  const inputs = { x, kernel, mask, dy: dy as tf.Tensor, ...(y && { y }) };
  const { biasGradient, ...conv } = attributes as ConvAttributes & { biasGradient: boolean };
  let gradients: tf.Tensor[] | undefined;
  let inputGradient = false;
  const compute = (withInput: boolean): tf.Tensor[] => {
    if (!gradients || (withInput && !inputGradient)) {
      inputGradient = withInput;
      const all: ConvBackwardAttributes = { ...conv, inputGradient, biasGradient };
      gradients = outsideInnermostTidy(
        () => tf.engine().runKernel(kernelNames.maskedConv2dBackward, inputs, all) as tf.Tensor[],
      );
    }
    return gradients;
  };
  return {
    x: () => compute(true)[0] as tf.Tensor,
    kernel: () => compute(false)[inputGradient ? 1 : 0] as tf.Tensor,
    bias: () => compute(false)[inputGradient ? 2 : 1] as tf.Tensor,
    residual: () => tf.clone(dy as tf.Tensor),
  };
};
