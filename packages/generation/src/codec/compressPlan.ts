import type { Plan } from '@pixelrnn/kernels/plan';
import { requireImages } from '../requireImages.js';
import { parseOptions } from '../runOptions.js';
import { type CodecOptions, codecSchema } from './codecOptions.js';
import { compressStages } from './compressStages.js';
import { onlyStage } from './stage.js';

/**
 * What `compress` gives for a plan, where there is no TensorFlow.js; in a page, its checksums need a secure context.
 *
 * @param images intensities [N, H, W, C]
 * @throws GenerationError `usage` for images that do not fit the plan, `model` for the plan of a multi-scale model's large
 * network
 */
export async function compressPlan(
  plan: Plan,
  images: Uint8Array,
  options: CodecOptions = {},
): Promise<Uint8Array> {
  const parsed = parseOptions('compress', codecSchema, options) as CodecOptions;
  const stage = onlyStage(plan);
  requireImages('compress', images, stage.shape);
  return compressStages([stage], [images], parsed);
}
