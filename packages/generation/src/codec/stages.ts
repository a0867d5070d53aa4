import { type MultiScaleModel, subsampleIntensities } from '@pixelrnn/models';
import { refuseAutoencoder } from '../autoencoder.js';
import { GenerationError } from '../generationError.js';
import type { ImageShape } from '../imageShape.js';
import type { ModelOrPlan, Target } from '../target.js';
import { scalesIn, targetOf } from '../targetOf.js';
import { planStage, type Stage } from './stage.js';

/**
 * The stages of a model; the last has the whole images.
 *
 * @throws GenerationError `model` where a layer cannot be described, and for an auto-encoder
 */
export function stagesOf(of: ModelOrPlan | MultiScaleModel): Stage[] {
  refuseAutoencoder(of);
  const scales = scalesIn(of);
  if (!scales) return [stage(targetOf(of as ModelOrPlan), 1)];
  return [stage(targetOf(scales.unconditional), scales.stride), stage(targetOf(scales.conditional), 1)];
}

function stage(target: Target, stride: number): Stage {
  if (!target.plan) {
    throw new GenerationError('model', `Compression needs a plan of the model, but ${target.why}.`);
  }
  return planStage(target.plan, stride);
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
