import type { DecodedImage } from './decodedImage.js';

/**
 * The square in the middle of an image, reduced to `size` x `size` by a box filter: every pixel is the mean over its
 * share of the square, with parts of pixels counted as such, rounded to the nearest integer (halves up). An image of
 * that size stays as it is.
 * @param image At least `size` wide and high.
 * @returns [size, size, 3]
 */
export function centreBox({ width, height, pixels }: DecodedImage, size: number): Uint8Array {
  if (width === size && height === size) return pixels;
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  const shares = boxShares(side, size);
  const result = new Uint8Array(3 * size * size);
  // In units of 1 / size of a pixel all shares are integers, so the sums are exact.
  const area = side * side;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let [red, green, blue] = [0, 0, 0];
      for (const [row, tall] of shares[y]!) {
        for (const [column, wide] of shares[x]!) {
          const at = 3 * ((top + row) * width + left + column);
          const share = tall * wide;
          red += share * pixels[at]!;
          green += share * pixels[at + 1]!;
          blue += share * pixels[at + 2]!;
        }
      }
      const to = 3 * (y * size + x);
      result[to] = Math.floor(red / area + 0.5);
      result[to + 1] = Math.floor(green / area + 0.5);
      result[to + 2] = Math.floor(blue / area + 0.5);
    }
  }
  return result;
}

/** Which of `side` pixels a box covers, and how much of each in units of 1 / size of a pixel; a box covers `side`. */
function boxShares(side: number, size: number): [number, number][][] {
  return Array.from({ length: size }, (_, box) => {
    const [start, end] = [box * side, (box + 1) * side];
    const shares: [number, number][] = [];
    for (let pixel = Math.floor(start / size); pixel * size < end; pixel++) {
      shares.push([pixel, Math.min(end, (pixel + 1) * size) - Math.max(start, pixel * size)]);
    }
    return shares;
  });
}
