import * as tf from '@tensorflow/tfjs';
import { opName } from '../dispatch/opName.js';
import { outsideInnermostTidy } from '../dispatch/outsideScope.js';
import { runKernel } from '../dispatch/runKernel.js';
import type { ConvAttributes } from '../fused/convFields.js';
import type { ConvBackwardAttributes } from '../fused/maskedConv2d.js';
import { gatedLayerGradient, gatedLayerSaved } from './gatedLayerGradient.js';

type GradFunc = tf.GradFunc;

let registered = false;

/** Tells TensorFlow.js the gradients, which are the same kernels' on every backend. */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  tf.registerGradient({
    kernelName: opName('maskedConv2d'),
    inputsToSave: ['x', 'kernel', 'mask'],
    gradFunc: maskedConv2dGradient,
  });
  tf.registerGradient({
    kernelName: opName('maskedConv2dRelu'),
    inputsToSave: ['x', 'kernel', 'mask'],
    outputsToSave: [true],
    gradFunc: maskedConv2dGradient,
  });
  tf.registerGradient({
    kernelName: opName('gatedLayer'),
    inputsToSave: gatedLayerSaved,
    outputsToSave: [false, false, true, true],
    gradFunc: gatedLayerGradient,
  });
  tf.registerGradient({
    kernelName: opName('softmaxCrossEntropy'),
    inputsToSave: ['logits', 'labels'],
    outputsToSave: [false, true],
    gradFunc: (dys, saved) => {
      const [logits, labels, normaliser] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const dnats = (dys as tf.Tensor[])[0] as tf.Tensor;
      const inputs = { logits, labels, normaliser, dnats };
      return {
        logits: () => runKernel('softmaxCrossEntropyBackward', inputs)[0] as tf.Tensor,
      };
    },
  });
  tf.registerGradient({
    kernelName: opName('bernoulliCrossEntropy'),
    inputsToSave: ['logits', 'labels'],
    gradFunc: (dnats, saved) => {
      const [logits, labels] = saved as [tf.Tensor, tf.Tensor];
      const inputs = { logits, labels, dnats: dnats as tf.Tensor };
      return {
        logits: () => runKernel('bernoulliCrossEntropyBackward', inputs)[0] as tf.Tensor,
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
      gradients = outsideInnermostTidy(() => runKernel('maskedConv2dBackward', inputs, all));
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
