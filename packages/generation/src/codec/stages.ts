import type { Plan } from '@pixelrnn/kernels/plan';
import { type MultiScaleModel, subsampleIntensities } from '@pixelrnn/models';
import { refuseAutoencoder } from '../autoencoder.js';
import { GenerationError } from '../generationError.js';
import type { ImageShape } from '../imageShape.js';
import type { ModelOrPlan, Target } from '../target.js';
import { scalesIn, targetOf } from '../targetOf.js';
import { onlyStage, planStage, type Stage } from './stage.js';

/**
 * The stages of a model; the last has the whole images.
 *
 * @throws GenerationError `model` where a layer cannot be described, and for what cannot code whole images: an auto-encoder,
 * or the large network of a multi-scale model alone
 */
export function stagesOf(of: ModelOrPlan | MultiScaleModel): Stage[] {
  refuseAutoencoder(of);
  const scales = scalesIn(of);
  if (!scales) return [onlyStage(codingPlan(targetOf(of as ModelOrPlan)))];
  const plans = [scales.unconditional, scales.conditional].map((model) => codingPlan(targetOf(model)));
  return plans.map((plan, i) => planStage(plan, i === 0 ? scales.stride : 1));
}

function codingPlan(target: Target): Plan {
  if (target.plan) return target.plan;
  throw new GenerationError('model', `Compression needs a plan of the model, but ${target.why}.`);
}

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
