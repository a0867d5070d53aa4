import { ImageDataset } from '@pixelrnn/data';
import { Random } from '@pixelrnn/random';

/** Striped images with noise, for tests: something to learn in a few steps. */
export function stripes(count: number, { side = 6, seed = 1 } = {}): ImageDataset {
  const random = new Random(seed).split('stripes');
  const images = new Uint8Array(count * side * side);
  for (let image = 0; image < count; image++) {
    const phase = random.integer(3);
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const stripe = (column + phase) % 3 === 0;
        images[(image * side + row) * side + column] = (random.uniform() < 0.95 ? stripe : !stripe) ? 1 : 0;
      }
    }
  }
  return new ImageDataset({
    name: 'stripes',
    kind: 'seeded',
    levels: 2,
    height: side,
    width: side,
    channels: 1,
    images,
  });
}
