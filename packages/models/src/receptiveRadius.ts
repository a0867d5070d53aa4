import { reach } from '@pixelrnn/layers';
import type * as tf from '@tensorflow/tfjs';
import { planOf } from './planOf.js';

/**
 * How many rows above a pixel, and columns to either side, its logits can depend on, at most; infinite where a scan carries
 * a state on.
 *
 * `null` where the model reads pixels beforehand, as multi-scale models do: no window of the image has all that it reads.
 *
 * @throws Error naming a layer that has no `describe`
 */
export function receptiveRadius(model: tf.LayersModel): { rows: number; columns: number } | null {
  const plan = planOf(model);
  if (plan.knownStride !== null) return null;
  const { up, left, right } = reach(plan, plan.output.map, plan.pixels) ?? { up: 0, left: 0, right: 0 };
  return { rows: up, columns: Math.max(left, right) };
}
