import { decodePlan, encodePlan, type Plan } from '@pixelrnn/kernels/plan';
import { type Condition, type ConditionValues, conditionValues } from '../condition.js';
import { GenerationError } from '../generationError.js';
import type { ImageShape } from '../imageShape.js';
import { planTarget } from '../target.js';
import { checksum } from './checksum.js';

/** What codes images: a plan, or those of a multi-scale model one after the other. */
export interface Stage {
  plan: Plan;
  shape: ImageShape;
  conditionSizes: number[];
  /** 1, or how the stage's images are subsampled. */
  stride: number;
}

/** The stage that codes images with a plan. */
export const planStage = (plan: Plan, stride: number): Stage => ({ ...planTarget(plan), stride });

/**
 * The stage of a plan that codes images by itself.
 *
 * @throws GenerationError `model` for the large network of a multi-scale model, which leaves the small image out
 */
export function onlyStage(plan: Plan): Stage {
  const { knownStride } = plan;
  if (knownStride === null) return planStage(plan, 1);
  throw new GenerationError(
    'model',
    `Compression does not code the pixels that this model is given, one of every ${knownStride} x ${knownStride}: give the multi-scale model as a whole.`,
  );
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
