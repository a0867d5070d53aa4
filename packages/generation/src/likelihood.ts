import { type MultiScaleModel, subsampleIntensities } from '@pixelrnn/models';
import { breather } from './breather.js';
import { conditionValues, sliceCondition } from './condition.js';
import { openExecutor } from './executor.js';
import { perImage } from './imageShape.js';
import { writeSubsampled } from './multiScale.js';
import { parallelNats } from './naive/parallelNats.js';
import { requireImages } from './requireImages.js';
import { parseOptions, type RunOptions, runSchema, signalOf } from './runOptions.js';
import type { ModelOrPlan, Target } from './target.js';
import { scalesIn, targetOf } from './targetOf.js';
import { watched } from './watched.js';

export interface Likelihood {
  /** Minus the log-likelihood of each image in nats: [N]. */
  nats: Float64Array;
  /** The same of every pixel and colour, given all before it: [N, H, W, C]. Divided by ln 2 it is bits, for a heat map. */
  perPosition: Float32Array;
}

/** Images that a model evaluates at once where no plan can be made of it. */
const naiveBatch = 64;

/**
 * How unlikely images are under a model, position by position (PixelRNN, section 2). Of a multi-scale model, a pixel of the
 * subsampled image counts what it costs there (section 3.6). Of an auto-encoder it is that of an image given its code.
 *
 * @param images intensities [N, H, W, C]
 * @throws GenerationError `usage` for images or options that do not fit; the signal's reason where it was interrupted
 */
export async function likelihood(
  of: ModelOrPlan | MultiScaleModel,
  images: Uint8Array,
  options: RunOptions = {},
): Promise<Likelihood> {
  const parsed = parseOptions('likelihood', runSchema, options) as RunOptions;
  return watched('evaluated', parsed, (watchedOptions) => imageNats(of, images, watchedOptions));
}

async function imageNats(
  of: ModelOrPlan | MultiScaleModel,
  images: Uint8Array,
  parsed: RunOptions,
): Promise<Likelihood> {
  const scales = scalesIn(of);
  const large = targetOf(scales?.conditional ?? (of as ModelOrPlan));
  const { shape } = large;
  const count = requireImages('likelihood', images, shape);
  const perPosition = await positionNats(large, images, count, parsed);
  if (scales) {
    const { height, width, channels } = shape;
    const { intensities } = subsampleIntensities(images, [count, height, width, channels], scales.stride);
    const small = await positionNats(targetOf(scales.unconditional), intensities, count, {
      ...parsed,
      onProgress: undefined,
    });
    writeSubsampled(perPosition, small, shape, scales.stride);
  }
  const size = perImage(shape);
  const nats = Float64Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let at = i * size; at < (i + 1) * size; at++) sum += perPosition[at] as number;
    return sum;
  });
  return { nats, perPosition };
}

async function positionNats(
  target: Target,
  images: Uint8Array,
  count: number,
  options: RunOptions,
): Promise<Float32Array> {
  const { shape, conditionSizes } = target;
  const signal = signalOf(options.signal);
  signal?.throwIfAborted();
  const conditions = conditionValues(options.condition, conditionSizes, count);
  const executor = target.plan ? await openExecutor(target.plan, options) : null;
  const size = perImage(shape);
  const pixels = shape.height * shape.width;
  const nats = new Float32Array(images.length);
  const batch = options.batchSize ?? executor?.batchSize ?? naiveBatch;
  const total = count * pixels;
  const breathe = breather();
  const report = async (done: number) => {
    if (!executor) await breathe(); // an executor does so itself
    signal?.throwIfAborted();
    await options.onProgress?.({ done, total });
    signal?.throwIfAborted();
  };
  try {
    for (let first = 0; first < count; first += batch) {
      const n = Math.min(batch, count - first);
      const job = {
        count: n,
        signal,
        images: images.subarray(first * size, (first + n) * size),
        conditions: sliceCondition(conditions, conditionSizes, first, n),
        onPixels: (done: number) => report(first * pixels + done),
      };
      const scored = executor
        ? await executor.score(job)
        : await parallelNats((target as Target & { plan: null }).model, { ...job, shape });
      nats.set(scored, first * size);
      if (!executor) await report((first + n) * pixels);
    }
  } finally {
    executor?.dispose();
  }
  return nats;
}
