export interface GreyImage {
  /** 0 (black) to 255 (white), [side, side]. */
  values: Uint8Array;
  mean: number;
}

/**
 * An image file in grey, its middle square made small; what is transparent is white.
 *
 * @throws Error where the browser cannot read it
 */
export async function greyOf(file: Blob, side: number): Promise<GreyImage> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(
      'this file is no image that the browser reads: a PNG, JPEG, GIF, WebP or SVG with a size is expected',
    );
  }
  const square = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = 'high';
  const [left, top] = [(bitmap.width - square) / 2, (bitmap.height - square) / 2];
  context.drawImage(bitmap, left, top, square, square, 0, 0, side, side);
  bitmap.close();
  const { data } = context.getImageData(0, 0, side, side);
  const values = Uint8Array.from({ length: side * side }, (_, i) => {
    const [red = 0, green = 0, blue = 0] = data.subarray(4 * i, 4 * i + 3);
    return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  });
  return { values, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
}
