import type { MultiScaleModel } from '@pixelrnn/models';
import type { ImageShape } from './imageShape.js';
import type { ModelOrPlan } from './target.js';
import { scalesIn, targetOf } from './targetOf.js';

/**
 * Shape of a model's images, as `imageGrid` of @pixelrnn/plots takes it.
 *
 * @throws GenerationError `usage` for anything else than a model of images or a plan
 */
export const imageShapeOf = (of: ModelOrPlan | MultiScaleModel): ImageShape =>
  targetOf(scalesIn(of)?.conditional ?? (of as ModelOrPlan)).shape;
