import type { MultiScaleModel } from '@pixelrnn/models';
import { requireImages } from '../requireImages.js';
import { parseOptions } from '../runOptions.js';
import type { ModelOrPlan } from '../target.js';
import { watched } from '../watched.js';
import { type CodecOptions, codecSchema } from './codecOptions.js';
import { compressStages } from './compressStages.js';
import type { Stage } from './stage.js';
import { imagesOf, stagesOf } from './stages.js';

/**
 * Compresses images without loss, by entropy coding with a model's own probabilities: the file is as long as the images
 * are unlikely, in bits. It is always coded with the WebAssembly build, whose results are the same on every machine.
 *
 * @param images intensities [N, H, W, C]
 * @returns the file: header and code
 * @throws GenerationError `usage` for images that do not fit the model, `model` where a layer cannot be described, and for what
 * cannot code whole images: an auto-encoder, or the large network of a multi-scale model alone
 */
export async function compress(
  of: ModelOrPlan | MultiScaleModel,
  images: Uint8Array,
  options: CodecOptions = {},
): Promise<Uint8Array> {
  const parsed = parseOptions('compress', codecSchema, options) as CodecOptions;
  return watched('compressed', parsed, (watchedOptions) => encode(of, images, watchedOptions));
}

async function encode(
  of: ModelOrPlan | MultiScaleModel,
  images: Uint8Array,
  parsed: CodecOptions,
): Promise<Uint8Array> {
  const stages = stagesOf(of);
  const { shape } = stages[stages.length - 1] as Stage;
  const count = requireImages('compress', images, shape);
  const own = stages.map((stage) => imagesOf(stage, images, shape, count));
  return compressStages(stages, own, parsed);
}
