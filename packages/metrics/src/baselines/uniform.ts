import { requireCount } from '../requireCount.js';

/**
 * The uniform distribution over all images: log2(levels) bits per dimension (PixelRNN, Table 5: 8.00), here in nats per
 * image as everywhere.
 *
 * @param dimensions H x W x C
 * @throws Error if dimensions or levels are no positive integers
 */
export function uniformNats(dimensions: number, levels: number): number {
  requireCount('uniformNats: expected dimensions, H x W x C', dimensions);
  requireCount('uniformNats: expected levels', levels);
  return Math.log2(levels) * (Math.LN2 * dimensions);
}
