import type * as tf from '@tensorflow/tfjs';
import { composedBernoulliCrossEntropy, composedSoftmaxCrossEntropy } from './composed/crossEntropy.js';

/**
 * -log softmax(logits)[label], summed over everything but the batch.
 *
 * @param logits [B, ..., L]
 * @param labels int32 [B, ...], each in 0 .. L - 1
 * @returns nats per image [B], differentiable once in the logits
 */
export function softmaxCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor1D {
  if (logits.rank < 2 || labels.shape.join() !== logits.shape.slice(0, -1).join()) {
    throw new Error(
      `softmaxCrossEntropy: labels must have the logits' shape without the last axis, ` +
        `got labels [${labels.shape}] and logits [${logits.shape}]`,
    );
  }
  checkLabels('softmaxCrossEntropy', labels);
  return composedSoftmaxCrossEntropy(logits, labels);
}

/**
 * -log p(label) of a Bernoulli with p(1) = sigmoid(logit), summed over everything but the batch.
 *
 * @param logits [B, ...]
 * @param labels int32 of the same shape, 0 or 1
 * @returns nats per image [B], differentiable once in the logits
 */
export function bernoulliCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor1D {
  if (logits.rank < 1 || labels.shape.join() !== logits.shape.join()) {
    throw new Error(
      `bernoulliCrossEntropy: labels must have the logits' shape, got labels [${labels.shape}] and logits [${logits.shape}]`,
    );
  }
  checkLabels('bernoulliCrossEntropy', labels);
  return composedBernoulliCrossEntropy(logits, labels);
}

function checkLabels(operation: string, labels: tf.Tensor): void {
  if (labels.dtype !== 'int32') throw new Error(`${operation}: labels must be int32, got ${labels.dtype}`);
}
