import type { MultiScaleModel } from '@pixelrnn/models';
import { refuseAutoencoder } from './autoencoder.js';
import { drawImages } from './drawImages.js';
import { usage } from './generationError.js';
import { type ImageShape, perImage, shapeName } from './imageShape.js';
import { knownAt, multiScaleStages, writeSubsampled } from './multiScale.js';
import { requireImages } from './requireImages.js';
import { generateSchema, parseOptions, type SamplingOptions } from './runOptions.js';
import type { ModelOrPlan, Target } from './target.js';
import { scalesIn, targetOf } from './targetOf.js';
import { watched } from './watched.js';

export interface GenerateOptions extends SamplingOptions {
  /** How many images. */
  count: number;
  /**
   * Intensities [count, H, W, C] of which some pixels are given: the large model of a multi-scale pair alone takes them, with
   * the subsampled image in its places.
   */
  start?: Uint8Array | undefined;
}

/**
 * Images drawn from a model (PixelRNN, section 2): pixels row by row, left to right, the colours of a pixel in their order,
 * each drawn from the model's conditional given everything before it; of a multi-scale model the subsampled image first
 * (section 3.6). A whole image costs about what one forward pass costs, as each pixel computes only what is new.
 *
 * @returns intensities [count, H, W, C]
 * @throws GenerationError `usage` for options that do not fit, `model` for an auto-encoder; the signal's reason where it was
 * interrupted
 */
export async function generate(
  from: ModelOrPlan | MultiScaleModel,
  options: GenerateOptions,
): Promise<Uint8Array> {
  const parsed = parseOptions('generate', generateSchema, options) as GenerateOptions;
  return watched('drew', parsed, (watchedOptions) => generateImages(from, watchedOptions));
}

async function generateImages(
  from: ModelOrPlan | MultiScaleModel,
  options: GenerateOptions,
): Promise<Uint8Array> {
  refuseAutoencoder(from);
  const { start, count, onProgress, ...rest } = options;
  const scales = scalesIn(from);
  if (scales) {
    if (start) usage('generate: a multi-scale model draws its subsampled image itself: leave start out.');
    return generateMultiScale(scales, options);
  }
  const target = targetOf(from as ModelOrPlan);
  requireCount(count, target.shape);
  const given = startOf(target, start, count);
  const total = count * target.shape.height * target.shape.width;
  return drawImages(target, {
    ...rest,
    count,
    start: given,
    known: knownAt(target.shape, target.knownStride, new Uint8Array(total)),
    onPixels: onProgress && ((done) => onProgress({ done, total })),
  });
}

async function generateMultiScale(model: MultiScaleModel, options: GenerateOptions): Promise<Uint8Array> {
  const { count, onProgress, start: _, ...rest } = options;
  const { small, large } = multiScaleStages(model);
  requireCount(count, large.shape);
  const pixels = (shape: ImageShape) => count * shape.height * shape.width;
  const total = pixels(small.shape) + pixels(large.shape);
  const report = (before: number) =>
    onProgress && ((done: number) => onProgress({ done: before + done, total }));
  const subsampled = await drawImages(small, {
    ...rest,
    count,
    start: new Uint8Array(count * perImage(small.shape)),
    known: new Uint8Array(pixels(small.shape)),
    purposes: ['subsampled'],
    onPixels: report(0),
  });
  const start = new Uint8Array(count * perImage(large.shape));
  writeSubsampled(start, subsampled, large.shape, model.stride);
  return drawImages(large, {
    ...rest,
    count,
    start,
    known: knownAt(large.shape, model.stride, new Uint8Array(pixels(large.shape))),
    onPixels: report(pixels(small.shape)),
  });
}

/** Intensities that one call draws at most: an array of each has to fit into the memory. */
const mostIntensities = 2 ** 32;

function requireCount(count: number, shape: ImageShape): void {
  const most = Math.floor(mostIntensities / perImage(shape));
  if (count <= most) return;
  usage(
    `generate: count: ${count} images of ${shapeName(shape)}, are too many for one call: draw at most ${most}.`,
  );
}

function startOf(
  { shape, knownStride: stride }: Target,
  start: Uint8Array | undefined,
  count: number,
): Uint8Array {
  if (!start) {
    if (stride === null) return new Uint8Array(count * perImage(shape));
    return usage(
      `generate: this model is given one pixel of every ${stride} x ${stride}: give them in start, or the multi-scale model as a whole.`,
    );
  }
  if (stride === null) {
    usage(
      'generate: start is the small image of a multi-scale model in the places where its large network is given it, but this model is given no pixel: leave it out, or take complete for images of which a part is known.',
    );
  }
  const came = requireImages('generate: start', start, shape);
  if (came !== count) usage(`generate: expected ${count} images in start, but ${came} came.`);
  return start;
}
