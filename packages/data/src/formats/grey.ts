/**
 * The luma of RGB pixels as ITU-R BT.601 has it, 0.299 R + 0.587 G + 0.114 B, rounded as Pillow's `convert('L')` does.
 * @param pixels [H, W, 3]
 * @returns [H, W, 1]
 */
export function greyOf(pixels: Uint8Array): Uint8Array {
  const grey = new Uint8Array(pixels.length / 3);
  for (let i = 0; i < grey.length; i++) {
    const [red, green, blue] = [pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!];
    grey[i] = (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
  }
  return grey;
}
