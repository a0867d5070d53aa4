import type { Random } from '@pixelrnn/random';

/** Writes one draw of x ~ Bernoulli(intensity / 255) per pixel: one number of the stream each, also for 0 and 255. */
export function binarizeImage(grey: Uint8Array, random: Random, into: Uint8Array): void {
  for (let i = 0; i < grey.length; i++) into[i] = random.uniform() * 255 < grey[i]! ? 1 : 0;
}

/**
 * A static binarisation: image i is drawn from the stream `random.split('image i')`, so it does not depend on which
 * other images are there.
 * @param grey [N, imageSize], 0..255
 * @returns [N, imageSize], 0 or 1
 */
export function binarizeImages(grey: Uint8Array, imageSize: number, random: Random): Uint8Array {
  const binary = new Uint8Array(grey.length);
  for (let start = 0, i = 0; start < grey.length; start += imageSize, i++) {
    const end = start + imageSize;
    binarizeImage(grey.subarray(start, end), random.split(`image ${i}`), binary.subarray(start, end));
  }
  return binary;
}
