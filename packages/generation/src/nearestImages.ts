import { usage } from './generationError.js';
import { type ImageShape, perImage } from './imageShape.js';
import { requireImages } from './requireImages.js';

export interface NearestImages {
  /** The nearest image to each: [N, H, W, C]. */
  images: Uint8Array;
  /** Their numbers among all that were looked at: [N]. */
  indices: Uint32Array;
  /** Euclidean distances of intensities: [N]. */
  distances: Float64Array;
}

/**
 * The nearest of other images to each image, by the Euclidean distance of intensities: whether samples repeat what was
 * trained on.
 *
 * @param images [N, H, W, C]
 * @param batches those to look at, a part [b, H, W, C] at a time
 * @param shape of one image, with its levels
 * @throws GenerationError `usage` for images of another shape, and where there are none to look at
 */
export function nearestImages(
  images: Uint8Array,
  batches: Iterable<Uint8Array>,
  shape: ImageShape,
): NearestImages {
  if (!Number.isInteger(shape && perImage(shape))) {
    usage(
      'nearestImages: expected the shape of an image as the third argument, such as imageShapeOf(model).',
    );
  }
  if (batches instanceof Uint8Array || typeof batches?.[Symbol.iterator] !== 'function') {
    usage('nearestImages: expected batches of images to look at, such as [dataset.images].');
  }
  const count = requireImages('nearestImages', images, shape);
  const size = perImage(shape);
  const nearest = new Uint8Array(images.length);
  const indices = new Uint32Array(count);
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let seen = 0;
  for (const batch of batches) {
    const there = requireImages('nearestImages', batch, shape);
    for (let other = 0; other < there; other++) {
      const candidate = batch.subarray(other * size, (other + 1) * size);
      for (let i = 0; i < count; i++) {
        const distance = squaredDistance(images, i * size, candidate, least[i] as number);
        if (distance >= (least[i] as number)) continue;
        least[i] = distance;
        indices[i] = seen + other;
        nearest.set(candidate, i * size);
      }
    }
    seen += there;
  }
  if (seen === 0) usage('nearestImages: expected images to look at, but none came.');
  return { images: nearest, indices, distances: least.map(Math.sqrt) };
}

/** Given up once it is not below `limit`. */
function squaredDistance(images: Uint8Array, start: number, other: Uint8Array, limit: number): number {
  let sum = 0;
  for (let i = 0; i < other.length && sum < limit; i++) {
    const difference = (images[start + i] as number) - (other[i] as number);
    sum += difference * difference;
  }
  return sum;
}
