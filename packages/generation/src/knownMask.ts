import { usage } from './generationError.js';

/**
 * The masks of known pixels that completions begin with, as the papers show them: 1 where a pixel is given.
 *
 * - `lowerHalf`: the lower half is missing (PixelRNN, Figure 9)
 * - `upperHalf`, `rightHalf`, `leftHalf`: the other halves, which no pixel below or right of it informs
 * - `border`: the middle, half of each side, is missing
 */
export const occlusions = ['lowerHalf', 'upperHalf', 'rightHalf', 'leftHalf', 'border'] as const;
export type Occlusion = (typeof occlusions)[number];

/**
 * The mask of a part that is missing.
 *
 * @returns [height, width], 1 where the pixel is known
 * @throws GenerationError `usage` for another part, or a size that is no whole number of pixels
 */
export function occlusion(missing: Occlusion, height: number, width: number): Uint8Array {
  if (!occlusions.includes(missing)) {
    usage(`occlusion: expected one of ${occlusions.join(', ')}, but '${missing}' came.`);
  }
  if (![height, width].every((side) => Number.isInteger(side) && side > 0)) {
    usage(`occlusion: expected height and width in whole pixels, but ${height} x ${width} came.`);
  }
  const [rows, columns] = [Math.floor(height / 2), Math.floor(width / 2)];
  const known = (row: number, column: number): boolean => {
    switch (missing) {
      case 'lowerHalf':
        return row < rows;
      case 'upperHalf':
        return row >= rows;
      case 'rightHalf':
        return column < columns;
      case 'leftHalf':
        return column >= columns;
      case 'border':
        return !inMiddle(row, height) || !inMiddle(column, width);
    }
  };
  return Uint8Array.from({ length: height * width }, (_, i) =>
    known(Math.floor(i / width), i % width) ? 1 : 0,
  );
}

const inMiddle = (place: number, side: number) =>
  place >= Math.floor(side / 4) && place < side - Math.floor(side / 4);

/**
 * A mask for each image.
 *
 * @param known [height, width] for all, or [count, height, width]; 1 where the pixel is known
 * @returns [count, height, width]
 * @throws GenerationError `usage` for another length or other values
 */
export function masksOf(known: Uint8Array, count: number, height: number, width: number): Uint8Array {
  const pixels = height * width;
  if (known.length !== pixels && known.length !== count * pixels) {
    usage(
      `known: expected a mask of ${height} x ${width} pixels or ${count} of them, but ${known.length} values came.`,
    );
  }
  const wrong = known.findIndex((value) => value > 1);
  if (wrong >= 0) usage(`known: expected 0 or 1, but ${known[wrong]} came at index ${wrong}.`);
  if (known.length === count * pixels) return known;
  const masks = new Uint8Array(count * pixels);
  for (let image = 0; image < count; image++) masks.set(known, image * pixels);
  return masks;
}
