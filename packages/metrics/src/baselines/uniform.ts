/**
 * The uniform distribution over all images: log2(levels) bits per dimension (PixelRNN, Table 5: 8.00), here in nats per
 * image as everywhere.
 *
 * @param dimensions H x W x C
 */
export function uniformNats(dimensions: number, levels: number): number {
  return Math.log2(levels) * (Math.LN2 * dimensions);
}
