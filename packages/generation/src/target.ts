import type { Plan } from '@pixelrnn/kernels/plan';
import type { MultiScaleModel } from '@pixelrnn/models';
import type * as tf from '@tensorflow/tfjs';
import { usage } from './generationError.js';
import type { ImageShape } from './imageShape.js';

/** What images are drawn from: a model, or the plan of one. */
export type ModelOrPlan = tf.LayersModel | Plan;

/**
 * A model or plan with what is known of it: `plan` is null where the model has a layer that cannot be described. Every
 * `knownStride`-th pixel of every `knownStride`-th row is given to it, none where that is null.
 */
export type Target = { shape: ImageShape; conditionSizes: number[]; knownStride: number | null } & (
  | { plan: Plan }
  | { plan: null; model: tf.LayersModel; why: string }
);

export const isPlan = (value: unknown): value is Plan =>
  typeof value === 'object' && value !== null && 'steps' in value && 'maps' in value && 'output' in value;

export const isMultiScale = (value: unknown): value is MultiScaleModel =>
  typeof value === 'object' && value !== null && 'unconditional' in value && 'conditional' in value;

/** The target of a plan. */
export function planTarget(plan: Plan): Target & { plan: Plan } {
  const { height, width, colors, levels, knownStride } = plan;
  const conditionSizes = plan.conditions.map((id) => {
    const map = plan.maps[id];
    if (!map) usage(`plan: the condition ${id} is no map of the plan.`);
    if (map.stride === 0) return map.channels;
    return Math.ceil(height / map.stride) * Math.ceil(width / map.stride) * map.channels;
  });
  return { plan, shape: { height, width, channels: colors, levels }, conditionSizes, knownStride };
}
