import * as tf from '@tensorflow/tfjs';

/**
 * Row r moved right by r, zeros elsewhere (PixelRNN, Figure 3): [B, H, W, C] -> [B, H, W + H - 1, C].
 *
 * Padding every row by H and reading the result with rows one shorter shifts each row by one more than the row above.
 */
export function skew(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const padded = tf.pad(x, [
    [0, 0],
    [0, 0],
    [0, height],
    [0, 0],
  ]);
  const flat = tf.reshape(padded, [batch, height * (width + height), channels]);
  const length = height * (width + height - 1);
  const cut = tf.slice(flat, [0, 0, 0], [batch, length, channels]);
  return tf.reshape(cut, [batch, height, width + height - 1, channels]);
}

/** The inverse of {@link skew}: [B, H, W + H - 1, C] -> [B, H, W, C]. */
export function unskew(x: tf.Tensor4D, width: number): tf.Tensor4D {
  const [batch, height, skewed, channels] = x.shape;
  const flat = tf.reshape(x, [batch, height * skewed, channels]);
  const padded = tf.pad(flat, [
    [0, 0],
    [0, height],
    [0, 0],
  ]);
  const rows = tf.reshape(padded, [batch, height, width + height, channels]) as tf.Tensor4D;
  return tf.slice(rows, [0, 0, 0, 0], [batch, height, width, channels]);
}
