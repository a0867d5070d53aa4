import * as tf from '@tensorflow/tfjs';

interface Inputs {
  logits: tf.Tensor;
  labels: tf.Tensor;
}

/**
 * log-sum-exp minus the label's logit, which is gathered: no one-hot of the logits' size.
 *
 * A label outside 0 .. L - 1 makes its image's nats NaN: raising an error would need the labels to be read back.
 *
 * @returns nats [B], and the log-sum-exp of every row, of the labels' shape
 */
export function composedSoftmaxCrossEntropy({ logits, labels }: Inputs): [tf.Tensor, tf.Tensor] {
  const batch = logits.shape[0] as number;
  const levels = logits.shape[logits.rank - 1] as number;
  const rows = tf.reshape(logits, [-1, levels]);
  const flatLabels = tf.reshape(labels, [-1]);
  const known = nearestLevel(flatLabels, levels);
  const chosen = tf.gatherND(tf.reshape(rows, [-1]), labelPositions(known, levels)); // tf.gather reads back in Node
  const maximum = tf.max(rows, 1, true);
  const shifted = tf.log(tf.sum(tf.exp(tf.sub(rows, maximum)), 1)); // [N]
  const flatMaximum = tf.reshape(maximum, [-1]);
  const perLabel = tf.add(shifted, tf.sub(flatMaximum, chosen));
  const checked = tf.where(tf.equal(flatLabels, known), perLabel, tf.fill(perLabel.shape, Number.NaN));
  return [
    tf.sum(tf.reshape(checked, [batch, -1]), 1),
    tf.reshape(tf.add(shifted, flatMaximum), labels.shape),
  ];
}

/**
 * (softmax(logits) - onehot(label)) * dnats. Not by a scatter, which TensorFlow takes to the processor and back where a GPU is to
 * be deterministic.
 */
export function composedSoftmaxCrossEntropyBackward(
  inputs: Inputs & { normaliser: tf.Tensor; dnats: tf.Tensor },
): tf.Tensor {
  const { logits, labels, normaliser, dnats } = inputs;
  const batch = logits.shape[0] as number;
  const levels = logits.shape[logits.rank - 1] as number;
  const count = labels.size;
  const scale = tf.reshape(tf.tile(tf.reshape(dnats, [batch, 1]), [1, count / batch]), [-1]); // [N]
  const softmax = tf.exp(tf.sub(tf.reshape(logits, [count, levels]), tf.reshape(normaliser, [count, 1])));
  const known = nearestLevel(tf.reshape(labels, [-1]), levels) as tf.Tensor1D;
  const chosen = tf.cast(tf.oneHot(known, levels), 'float32'); // the WASM backend fills in whole numbers only
  return tf.reshape(tf.mul(tf.sub(softmax, chosen), tf.reshape(scale, [-1, 1])), logits.shape);
}

/** Labels, those outside 0 .. levels - 1 moved to the nearest inside. (The WASM backend clips floats only.) */
function nearestLevel(labels: tf.Tensor, levels: number): tf.Tensor {
  return tf.maximum(tf.minimum(labels, tf.scalar(levels - 1, 'int32')), tf.scalar(0, 'int32'));
}

/** Where each row's label lies in the flattened logits, [N, 1]. */
function labelPositions(labels: tf.Tensor, levels: number): tf.Tensor2D {
  const rows = tf.mul(tf.range(0, labels.size, 1, 'int32'), tf.scalar(levels, 'int32'));
  return tf.reshape(tf.add(rows, labels), [-1, 1]);
}

/**
 * softplus(logit) - label * logit, in a form that overflows nowhere; a label other than 0 and 1 gives NaN.
 *
 * @returns nats [B]
 */
export function composedBernoulliCrossEntropy({ logits, labels }: Inputs): tf.Tensor {
  const batch = logits.shape[0] as number;
  const softplus = tf.add(tf.relu(logits), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
  const nats = tf.sub(softplus, tf.mul(tf.cast(labels, 'float32'), logits));
  const known = tf.equal(labels, nearestLevel(labels, 2));
  return tf.sum(tf.reshape(tf.where(known, nats, tf.fill(nats.shape, Number.NaN)), [batch, -1]), 1);
}

/** (sigmoid(logits) - label) * dnats */
export function composedBernoulliCrossEntropyBackward(inputs: Inputs & { dnats: tf.Tensor }): tf.Tensor {
  const { logits, labels, dnats } = inputs;
  const scale = tf.reshape(dnats, [dnats.size, ...new Array(logits.rank - 1).fill(1)]);
  return tf.mul(tf.sub(tf.sigmoid(logits), tf.cast(labels, 'float32')), scale);
}
