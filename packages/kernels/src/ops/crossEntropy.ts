import type * as tf from '@tensorflow/tfjs';
import { runKernel } from '../dispatch/runKernel.js';
import { registerGradients } from './gradients.js';

/**
 * -log softmax(logits)[label], summed over everything but the batch.
 *
 * A label outside 0 .. L - 1 is an error of the fused kernels; the composed ones, which would have to read the labels
 * back to see it, give NaN for its image.
 *
 * @param logits [B, ..., L]
 * @param labels int32 [B, ...], each in 0 .. L - 1
 * @returns nats per image [B], differentiable once in the logits
 * @throws Error naming operation and shapes where logits and labels do not fit together
 */
export function softmaxCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor1D {
  const operation = 'softmaxCrossEntropy';
  if (logits.rank < 2 || labels.shape.join() !== logits.shape.slice(0, -1).join()) {
    throw new Error(
      `${operation}: labels must have the logits' shape without the last axis, ` +
        `got labels [${labels.shape}] and logits [${logits.shape}]`,
    );
  }
  checkTypes(operation, logits, labels);
  registerGradients();
  const [nats] = runKernel('softmaxCrossEntropy', { logits, labels });
  return nats as tf.Tensor1D;
}

/**
 * -log p(label) of a Bernoulli with p(1) = sigmoid(logit), summed over everything but the batch.
 *
 * A label other than 0 and 1 is an error of the fused kernels and gives NaN for its image in the composed ones.
 *
 * @param logits [B, ...]
 * @param labels int32 of the same shape, 0 or 1
 * @returns nats per image [B], differentiable once in the logits
 * @throws Error naming operation and shapes where logits and labels do not fit together
 */
export function bernoulliCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor1D {
  const operation = 'bernoulliCrossEntropy';
  if (logits.rank < 1 || labels.shape.join() !== logits.shape.join()) {
    throw new Error(
      `${operation}: labels must have the logits' shape, got labels [${labels.shape}] and logits [${logits.shape}]`,
    );
  }
  checkTypes(operation, logits, labels);
  registerGradients();
  const [nats] = runKernel('bernoulliCrossEntropy', { logits, labels });
  return nats as tf.Tensor1D;
}

function checkTypes(operation: string, logits: tf.Tensor, labels: tf.Tensor): void {
  if (logits.dtype !== 'float32') {
    throw new Error(`${operation}: logits must be float32, got ${logits.dtype} [${logits.shape}]`);
  }
  if (labels.dtype !== 'int32') {
    throw new Error(`${operation}: labels must be int32, got ${labels.dtype} [${labels.shape}]`);
  }
  if (logits.size === 0) throw new Error(`${operation}: logits are empty, got [${logits.shape}]`);
}
