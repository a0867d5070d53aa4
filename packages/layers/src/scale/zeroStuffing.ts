import * as tf from '@tensorflow/tfjs';

/** Zeros between the pixels: pixel (r, c) moves to (stride r, stride c). [B, H, W, C] -> [B, stride H, stride W, C] */
export function insertZeros(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  if (stride === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const line = width * stride * channels;
  const pixels = tf.reshape(x, [batch * height, width, channels]);
  const wide = tf.pad(pixels, [
    [0, 0],
    [0, 0],
    [0, (stride - 1) * channels],
  ]);
  const high = tf.pad(tf.reshape(wide, [batch, height, line]), [
    [0, 0],
    [0, 0],
    [0, (stride - 1) * line],
  ]);
  return tf.reshape(high, [batch, height * stride, width * stride, channels]);
}

/** Every stride-th pixel of every stride-th row, from the first: [B, H, W, C] -> [B, H / stride, W / stride, C] */
export function takeEvery(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  if (stride === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const [rows, columns] = [height / stride, width / stride];
  const line = width * channels;
  const lines = tf.slice(tf.reshape(x, [batch, rows, stride * line]), [0, 0, 0], [batch, rows, line]);
  const pixels = tf.reshape(lines, [batch * rows, columns, stride * channels]);
  return tf.reshape(tf.slice(pixels, [0, 0, 0], [batch * rows, columns, channels]), [
    batch,
    rows,
    columns,
    channels,
  ]);
}
