import { idealContext, type Output, receptiveField } from '@pixelrnn/metrics';
import { forward } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import type { ImageShape } from './experiment.js';

/**
 * The inputs that one output of a model can depend on, 1 or 0, [H, W, C], by its gradient: every weight is made positive
 * and the image is of ones, so that no ReLU is closed and no two paths cancel. The model's weights are changed: it is good
 * for nothing else afterwards.
 */
export function exactContext(model: tf.LayersModel, shape: ImageShape, output: Output): Uint8Array {
  tf.tidy(() => {
    model.setWeights(model.getWeights().map((weight) => tf.add(tf.mul(tf.abs(weight), 0.3), 0.02)));
  });
  const images = tf.ones([1, shape.height, shape.width, shape.colors]) as tf.Tensor4D;
  const field = receptiveField((x) => forward(model, x), images, output);
  images.dispose();
  return Uint8Array.from(field, (value) => (value === 0 ? 0 : 1));
}

export interface ContextCount {
  /** Inputs that the output can depend on. */
  inputs: number;
  /** Inputs that the factorisation allows it, section 2. */
  ideal: number;
}

export function countContext(context: Uint8Array, shape: ImageShape, output: Output): ContextCount {
  const count = (map: Uint8Array) => map.reduce((sum, seen) => sum + seen, 0);
  return { inputs: count(context), ideal: count(idealContext(shape, output)) };
}

const grey = { output: 0, seen: 110, unseen: 235 };

/** A context of one colour as an image of 256 levels: the output black, what it reads dark, all else light. [H, W] */
export function contextImage(
  context: Uint8Array,
  { width }: ImageShape,
  { row, column }: Output,
): Uint8Array {
  const image = context.map((seen) => (seen ? grey.seen : grey.unseen));
  image[row * width + column] = grey.output;
  return image;
}
