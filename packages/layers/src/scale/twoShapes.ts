import type * as tf from '@tensorflow/tfjs';

/** The shapes of a layer's two inputs. @throws Error naming the layer if there are not two */
export function twoShapes(
  layer: string,
  inputs: string,
  shapes: tf.Shape | tf.Shape[],
): [tf.Shape, tf.Shape] {
  const given = (Array.isArray(shapes[0]) ? shapes : [shapes]) as tf.Shape[];
  if (given.length === 2) return given as [tf.Shape, tf.Shape];
  throw new Error(`${layer}: expected two inputs, ${inputs}, got ${given.length}`);
}
