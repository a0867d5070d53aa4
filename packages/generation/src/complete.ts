import { type MultiScaleModel, subsampleIntensities } from '@pixelrnn/models';
import { refuseAutoencoder } from './autoencoder.js';
import { drawImages } from './drawImages.js';
import { masksOf } from './knownMask.js';
import { knownAt, writeSubsampled } from './multiScale.js';
import { requireImages } from './requireImages.js';
import { completeSchema, parseOptions, type SamplingOptions } from './runOptions.js';
import type { ModelOrPlan } from './target.js';
import { scalesIn, targetOf } from './targetOf.js';
import { watched } from './watched.js';

export interface CompleteOptions extends SamplingOptions {
  /** Intensities [N, H, W, C]; those of pixels that are not known do not matter. */
  images: Uint8Array;
  /**
   * 1 where a pixel is known and stays, [H, W] for all images or [N, H, W]; `occlusion` makes those of the papers. Pixels after
   * an unknown one may be known too: they are not drawn, but what is drawn before them does not know them.
   */
  known: Uint8Array;
}

/**
 * Completes images (PixelRNN, Figure 9): draws the pixels that are not known, in order, each from the model's conditional
 * given everything before it; of a multi-scale model those of the subsampled image first.
 *
 * @returns intensities [N, H, W, C], the known ones unchanged
 * @throws GenerationError `usage` for options that do not fit, `model` for an auto-encoder; the signal's reason where it was
 * interrupted
 */
export async function complete(
  from: ModelOrPlan | MultiScaleModel,
  options: CompleteOptions,
): Promise<Uint8Array> {
  const parsed = parseOptions('complete', completeSchema, options) as CompleteOptions;
  return watched('completed', parsed, (watchedOptions) => completeImages(from, watchedOptions));
}

async function completeImages(
  from: ModelOrPlan | MultiScaleModel,
  options: CompleteOptions,
): Promise<Uint8Array> {
  refuseAutoencoder(from);
  const { images, known: given, onProgress, ...rest } = options;
  const scales = scalesIn(from);
  const target = targetOf(scales?.conditional ?? (from as ModelOrPlan));
  const { shape } = target;
  const { height, width, channels } = shape;
  const count = requireImages('complete', images, shape);
  const known = masksOf(given, count, height, width);
  const large = { ...rest, count, start: images, known };
  const total = count * height * width;
  if (!scales) {
    const onPixels = onProgress && ((done: number) => onProgress({ done, total }));
    return drawImages(target, { ...large, known: knownAt(shape, target.knownStride, known), onPixels });
  }
  const { stride } = scales;
  const subsampled = (values: Uint8Array, colors: number) =>
    subsampleIntensities(values, [count, height, width, colors], stride).intensities;
  const small = await drawImages(targetOf(scales.unconditional), {
    ...rest,
    count,
    start: subsampled(images, channels),
    known: subsampled(known, 1),
    purposes: ['subsampled'],
  });
  const start = images.slice();
  writeSubsampled(start, small, shape, stride);
  return drawImages(target, {
    ...large,
    start,
    known: knownAt(shape, stride, known),
    onPixels: onProgress && ((done) => onProgress({ done, total })),
  });
}
