import { Random } from '@pixelrnn/random';

/** Noise is an integer of so many bits: a multiple of 2^-24 in [0, 1). */
export const noiseBits = 24;

export interface NoiseOptions {
  /** 0..2^32-1 */
  seed: number;
  /** The number of the first image; what comes before does not matter. */
  first: number;
  count: number;
  /** Numbers for an image: one for each pixel and colour. */
  perImage: number;
  /** Purposes below the image, where one image takes noise for several models. */
  purposes?: readonly string[];
}

/**
 * The noise that images are drawn from. That of image i is the stream (seed, 'sampling', 'image i'), one number for each
 * pixel and colour in the order of the factorisation, known or not: it depends on nothing but seed and image.
 *
 * @returns integers 0..2^24-1 [count, perImage]
 */
export function noiseOf({ seed, first, count, perImage, purposes = [] }: NoiseOptions): Uint32Array {
  const noise = new Uint32Array(count * perImage);
  const sampling = new Random(seed).split('sampling');
  for (let image = 0; image < count; image++) {
    let stream = sampling.split(`image ${first + image}`);
    for (const purpose of purposes) stream = stream.split(purpose);
    const start = image * perImage;
    for (let i = 0; i < perImage; i++) noise[start + i] = stream.uint32() >>> (32 - noiseBits);
  }
  return noise;
}
