import { encodePng } from './encodePicture.js';
import { type ImageGridOptions, layOut } from './layOut.js';

/**
 * Lays images out in a grid, row by row, and encodes it as PNG; cells without an image stay white.
 * @throws PlotError when the length does not fit the shape, or an intensity or option is out of range.
 */
export const imageGrid = async (options: ImageGridOptions): Promise<Buffer> => encodePng(layOut(options));
