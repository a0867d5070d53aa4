import * as tf from '@tensorflow/tfjs';
import { unitBlocks } from '../plan/plan.js';

type Blocks = typeof unitBlocks;

/** A unit's sums [..., blocks x channels] by the names of its blocks, [..., channels] each. */
export function splitBlocks<Unit extends keyof Blocks>(
  sums: tf.Tensor,
  unit: Unit,
): Record<Blocks[Unit][number], tf.Tensor> {
  const names = unitBlocks[unit];
  const parts = tf.split(sums, names.length, -1);
  return Object.fromEntries(names.map((name, i) => [name, parts[i]])) as Record<
    Blocks[Unit][number],
    tf.Tensor
  >;
}
