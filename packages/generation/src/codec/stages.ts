import { decodePlan, encodePlan, type Plan } from '@pixelrnn/kernels/plan';
import { type MultiScaleModel, subsampleIntensities } from '@pixelrnn/models';
import { type Condition, type ConditionValues, conditionValues } from '../condition.js';
import { GenerationError } from '../generationError.js';
import type { ImageShape } from '../imageShape.js';
import { type ModelOrPlan, planTarget, type Target } from '../target.js';
import { scalesIn, targetOf } from '../targetOf.js';
import { checksum } from './checksum.js';

/** What codes images: a plan, or those of a multi-scale model one after the other. */
export interface Stage {
  plan: Plan;
  shape: ImageShape;
  conditionSizes: number[];
  /** 1, or how the stage's images are subsampled. */
  stride: number;
}

/**
 * The stages of a model; the last has the whole images.
 *
 * @throws GenerationError `model` where a layer cannot be described
 */
export function stagesOf(of: ModelOrPlan | MultiScaleModel): Stage[] {
  const scales = scalesIn(of);
  if (!scales) return [stage(targetOf(of as ModelOrPlan), 1)];
  return [stage(targetOf(scales.unconditional), scales.stride), stage(targetOf(scales.conditional), 1)];
}

function stage(target: Target, stride: number): Stage {
  if (!target.plan) {
    throw new GenerationError('model', `Compression needs a plan of the model, but ${target.why}.`);
  }
  return { ...planTarget(target.plan), stride };
}

/** The values of every stage's conditional inputs. */
export const stageConditions = (
  stages: readonly Stage[],
  condition: Condition | undefined,
  count: number,
): ConditionValues[] => stages.map(({ conditionSizes }) => conditionValues(condition, conditionSizes, count));

/** Checksum of what both ends must have: the plans and the conditions. */
export async function stagesChecksum(
  stages: readonly Stage[],
  conditions: readonly ConditionValues[],
): Promise<Uint8Array> {
  const values = conditions.flat().map(bytesOf);
  return checksum(...stages.map(({ plan }) => canonicalBytes(plan)), ...values);
}

/** The same for a plan made of a model and one that was read from a file; what layers are called does not matter. */
function canonicalBytes(plan: Plan): Uint8Array {
  const steps = plan.steps.map(({ layer: _, ...step }) => step);
  return encodePlan(decodePlan(encodePlan({ ...plan, steps })));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A stage's images, of the whole ones. */
export function imagesOf(
  { stride }: Stage,
  images: Uint8Array,
  shape: ImageShape,
  count: number,
): Uint8Array {
  if (stride === 1) return images;
  const { height, width, channels } = shape;
  return subsampleIntensities(images, [count, height, width, channels], stride).intensities;
}
