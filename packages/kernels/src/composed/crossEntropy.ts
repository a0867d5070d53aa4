import * as tf from '@tensorflow/tfjs';

/** log-sum-exp minus the label's logit, which is gathered: no one-hot of the logits' size. */
export function composedSoftmaxCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor1D {
  const levels = logits.shape[logits.rank - 1] as number;
  const batch = logits.shape[0] as number;
  const operation = tf.customGrad((...args) => {
    const [logits] = args as [tf.Tensor];
    const save = args[1] as unknown as tf.GradSaveFunc;
    const rows = tf.reshape(logits, [-1, levels]) as tf.Tensor2D; // [N, L]
    const count = rows.shape[0];
    const index = tf.add(
      tf.mul(tf.range(0, count, 1, 'int32'), tf.scalar(levels, 'int32')),
      tf.reshape(labels, [-1]),
    );
    const maximum = tf.max(rows, 1, true);
    const normaliser = tf.add(tf.log(tf.sum(tf.exp(tf.sub(rows, maximum)), 1)), tf.reshape(maximum, [-1])); // [N]
    const chosen = tf.gather(tf.reshape(rows, [-1]), index);
    const nats = tf.sum(tf.reshape(tf.sub(normaliser, chosen), [batch, -1]), 1);
    save([logits, normaliser, index]);

    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const [logits, normaliser, index] = saved as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
      const rows = tf.reshape(logits, [-1, levels]);
      const count = rows.shape[0] as number;
      const scale = tf.reshape(tf.tile(tf.reshape(dy, [batch, 1]), [1, count / batch]), [-1]); // [N]
      const softmax = tf.exp(tf.sub(rows, tf.reshape(normaliser, [-1, 1])));
      const labelTerm = tf.scatterND(tf.reshape(index, [-1, 1]), scale, [count * levels]);
      const gradient = tf.sub(
        tf.mul(softmax, tf.reshape(scale, [-1, 1])),
        tf.reshape(labelTerm, [count, levels]),
      );
      return tf.reshape(gradient, logits.shape);
    };
    return { value: nats, gradFunc };
  });
  return operation(logits) as tf.Tensor1D;
}

/** softplus(logit) - label * logit, in a form that overflows nowhere. */
export function composedBernoulliCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor1D {
  const batch = logits.shape[0] as number;
  const targets = tf.cast(labels, 'float32');
  const operation = tf.customGrad((...args) => {
    const [logits] = args as [tf.Tensor];
    const save = args[1] as unknown as tf.GradSaveFunc;
    const softplus = tf.add(tf.relu(logits), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
    const nats = tf.sum(tf.reshape(tf.sub(softplus, tf.mul(targets, logits)), [batch, -1]), 1);
    save([logits, targets]);

    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const [logits, targets] = saved as [tf.Tensor, tf.Tensor];
      const scale = tf.reshape(dy, [batch, ...new Array(logits.rank - 1).fill(1)]);
      return tf.mul(tf.sub(tf.sigmoid(logits), targets), scale);
    };
    return { value: nats, gradFunc };
  });
  return operation(logits) as tf.Tensor1D;
}
