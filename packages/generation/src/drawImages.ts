import { breather } from './breather.js';
import { conditionValues, sliceCondition } from './condition.js';
import { openExecutor } from './executor.js';
import { usage } from './generationError.js';
import { perImage } from './imageShape.js';
import { ancestralSampling } from './naive/ancestralSampling.js';
import { noiseOf } from './noise.js';
import { type SamplingOptions, signalOf } from './runOptions.js';
import type { Target } from './target.js';
import { warnOnce } from './targetOf.js';

export interface DrawOptions extends Omit<SamplingOptions, 'onProgress'> {
  count: number;
  /** [count, H, W, C] */
  start: Uint8Array;
  /** [count, H, W], 1 where a pixel stays as it is. */
  known: Uint8Array;
  /** Purposes that split the noise, see `noiseOf`. */
  purposes?: readonly string[];
  /** Pixels of all images that are done. */
  onPixels?: ((done: number) => void | Promise<void>) | undefined;
}

/** Images that advance together where all of them are evaluated anew for every pixel. */
const naiveBatch = 64;

/** Draws what is not known of images, batch by batch. */
export async function drawImages(target: Target, options: DrawOptions): Promise<Uint8Array> {
  const { count, start, known, seed, purposes = [], temperature = 1, guidance = 1 } = options;
  const { shape, conditionSizes } = target;
  const signal = signalOf(options.signal);
  signal?.throwIfAborted();
  const conditions = conditionValues(options.condition, conditionSizes, count);
  if (guidance !== 1 && conditions.length === 0) {
    usage('guidance: this model has no condition: leave it out.');
  }
  warnOnce(target, options.onWarning ?? console.warn);
  const executor = target.plan ? await openExecutor(target.plan, options) : null;
  const images = new Uint8Array(count * perImage(shape));
  const pixels = shape.height * shape.width;
  const size = perImage(shape);
  const breathe = breather();
  const batch = options.batchSize ?? executor?.batchSize ?? naiveBatch;
  try {
    for (let first = 0; first < count; first += batch) {
      const n = Math.min(batch, count - first);
      const job = {
        count: n,
        signal,
        start: start.subarray(first * size, (first + n) * size),
        known: known.subarray(first * pixels, (first + n) * pixels),
        noise: noiseOf({ seed, first, count: n, perImage: size, purposes }),
        conditions: sliceCondition(conditions, conditionSizes, first, n),
        temperature,
        guidance,
        onPixels: async (done: number) => {
          if (!executor) await breathe(); // an executor does so itself
          signal?.throwIfAborted();
          await options.onPixels?.(first * pixels + done);
          signal?.throwIfAborted();
        },
      };
      const drawn = executor
        ? await executor.draw(job)
        : await ancestralSampling((target as Target & { plan: null }).model, { ...job, shape });
      images.set(drawn, first * size);
    }
  } finally {
    executor?.dispose();
  }
  return images;
}
