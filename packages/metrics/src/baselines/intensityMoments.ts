import * as tf from '@tensorflow/tfjs';
import { readOnce } from './readOnce.js';

/** Intensities are centred to -128..127, so products are at most 2^14 and sums over this many images at most 2^24. */
const EXACT_IMAGES = 1024;
const CENTRE = 128;
/** Columns of a tile of the matrix of second moments; only tiles on and below the diagonal are computed. */
const TILE = 768;

/**
 * First and second moments of images' intensities, without rounding: TensorFlow.js multiplies integers of 8 bits as
 * float32, in which every product and every sum over {@link EXACT_IMAGES} images is an exact integer, and those are
 * added in double precision, exact up to 2^53. So the covariance has no error but that of the final division.
 */
export class IntensityMoments {
  private images = 0;
  private readonly sums: Float64Array;
  /** [D, D], on and below the diagonal's tiles. */
  private readonly products: Float64Array;

  /** @param dimensions D = H x W x C */
  constructor(readonly dimensions: number) {
    this.sums = new Float64Array(dimensions);
    this.products = new Float64Array(dimensions * dimensions);
  }

  get count(): number {
    return this.images;
  }

  /**
   * Adds images.
   *
   * @param intensities [N, D], 0..255
   * @param onProgress is told after how many of these images
   * @throws Error for a part of an image, or where the engine multiplies with less than 24 bits of precision
   */
  async add(intensities: Uint8Array, onProgress?: (images: number) => void): Promise<void> {
    const { dimensions } = this;
    if (intensities.length % dimensions !== 0) {
      throw new Error(
        `IntensityMoments: expected whole images of ${dimensions} values, got ${intensities.length} values`,
      );
    }
    const count = intensities.length / dimensions;
    for (let first = 0; first < count; first += EXACT_IMAGES) {
      const last = Math.min(first + EXACT_IMAGES, count);
      await this.addBlock(intensities.subarray(first * dimensions, last * dimensions), last - first);
      onProgress?.(last);
    }
  }

  /** @returns [D], the mean intensities */
  mean(): Float64Array {
    this.requireImages();
    return this.sums.map((sum) => CENTRE + sum / this.images);
  }

  /** @returns [D, D], the covariance of the intensities: divided by N, as maximum likelihood asks */
  covariance(): Float64Array {
    this.requireImages();
    const { dimensions, images, sums, products } = this;
    const covariance = new Float64Array(products.length);
    for (let i = 0; i < dimensions; i++) {
      for (let j = 0; j <= i; j++) {
        const value = (products[i * dimensions + j]! - (sums[i]! * sums[j]!) / images) / images;
        covariance[i * dimensions + j] = value;
        covariance[j * dimensions + i] = value;
      }
    }
    return covariance;
  }

  private requireImages(): void {
    if (this.images === 0) throw new Error('IntensityMoments: expected images to be added first, got none');
  }

  private async addBlock(intensities: Uint8Array, count: number): Promise<void> {
    const { dimensions, sums } = this;
    const squares = new Float64Array(dimensions);
    for (let at = 0, d = 0; at < intensities.length; at++, d = d + 1 === dimensions ? 0 : d + 1) {
      const value = intensities[at]! - CENTRE;
      sums[d]! += value;
      squares[d]! += value * value;
    }
    const tiles = Array.from({ length: Math.ceil(dimensions / TILE) }, (_, tile) =>
      columns(intensities, {
        count,
        dimensions,
        first: tile * TILE,
        last: Math.min((tile + 1) * TILE, dimensions),
      }),
    );
    try {
      for (const [p, tile] of tiles.entries()) {
        for (const other of tiles.slice(0, p + 1)) await this.addProduct(tile, other, squares);
      }
    } finally {
      for (const { plain, transposed } of tiles) tf.dispose([plain, transposed]);
    }
    this.images += count;
  }

  /** Adds the products of two tiles' columns. */
  private async addProduct(
    { transposed, first: row }: Columns,
    { plain, first: column }: Columns,
    squares: Float64Array,
  ): Promise<void> {
    const { dimensions, products } = this;
    const values = await readOnce(tf.matMul(transposed, plain));
    const [rows, width] = [transposed.shape[0], plain.shape[1]];
    for (let i = 0; i < rows; i++) {
      const start = (row + i) * dimensions + column;
      for (let j = 0; j < width; j++) products[start + j]! += values[i * width + j]!;
      if (row === column && values[i * width + i] !== squares[row + i]) {
        throw new Error(
          `IntensityMoments: expected an engine whose products of integers are exact in float32, got ${values[i * width + i]} for ${squares[row + i]}: choose another with PIXELRNN_ENGINE`,
        );
      }
    }
  }
}

interface Columns {
  /** The first column's number. */
  first: number;
  plain: tf.Tensor2D;
  transposed: tf.Tensor2D;
}

/** Columns first..last-1 of centred images, [N, w] and [w, N]: no engine has to transpose, which some do slowly. */
function columns(
  intensities: Uint8Array,
  { count, dimensions, first, last }: { count: number; dimensions: number; first: number; last: number },
): Columns {
  const width = last - first;
  const plain = new Float32Array(count * width);
  const transposed = new Float32Array(count * width);
  for (let image = 0; image < count; image++) {
    for (let j = 0; j < width; j++) {
      const value = intensities[image * dimensions + first + j]! - CENTRE;
      plain[image * width + j] = value;
      transposed[j * count + image] = value;
    }
  }
  return {
    first,
    plain: tf.tensor2d(plain, [count, width]),
    transposed: tf.tensor2d(transposed, [width, count]),
  };
}
