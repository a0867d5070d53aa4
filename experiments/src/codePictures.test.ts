import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { mseAutoencoder, pixelCNNAutoencoder } from '@pixelrnn/models';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { msePictures, pixelCNNPictures } from './codePictures.js';

beforeAll(() => loadEngine({ quiet: true }));

const side = 6;
/** Four images of two levels; a grid has them at scale 2 with gaps of 2. */
const images = Uint8Array.from({ length: 4 * side * side }, (_, i) => (i * 7 + (i >> 3)) & 1);
const data = new ImageDataset({
  name: 'four',
  kind: 'seeded',
  levels: 2,
  height: side,
  width: side,
  channels: 1,
  images,
});
const context = { data: { train: data, valid: data, test: data }, count: 4, seed: 1 };
const sizes = { height: side, width: side, colors: 1, levels: 2, codeSize: 2, encoderLayers: 1 };

/** The cells of a grid from the right and the bottom, where no labels are: [rows][columns] of 36 pixels. */
async function cells(png: Buffer | undefined, rows: number, columns: number): Promise<number[][][]> {
  const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  const cell = 2 * side + 2;
  const [left, top] = [info.width - columns * cell - 2, info.height - rows * cell - 2];
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      Array.from({ length: side * side }, (_, i) => {
        const y = top + 2 + row * cell + 2 * Math.floor(i / side);
        const x = left + 2 + column * cell + 2 * (i % side);
        return data[y * info.width + x] as number;
      }),
    ),
  );
}

const original = (i: number) => [...images.subarray(i * 36, (i + 1) * 36)].map((value) => 255 * value);

describe('pictures of codes', () => {
  it('shows originals above several samples of a PixelCNN decoder, and the way from one code to another', async () => {
    const gated = { layers: 1, filters: 4, headWidth: 4, firstKernel: 3, encoderFilters: 2 };
    const { autoencoder } = pixelCNNAutoencoder({ ...sizes, ...gated, seed: 2 });
    const pictures = await pixelCNNPictures(autoencoder, context);
    const rows = await cells(pictures['reconstructions.png'], 4, 4);
    expect(rows[0]).toEqual([0, 1, 2, 3].map(original));
    expect(new Set(rows.slice(1).map((row) => String(row))).size).toBe(3); // other noise in each row
    expect(rows.flat(2).every((value) => value === 0 || value === 255)).toBe(true);
    const ways = await cells(pictures['interpolations.png'], 2, 11);
    expect(ways.map((way) => [way[0], way[10]])).toEqual([
      [original(0), original(1)],
      [original(2), original(3)],
    ]);
    autoencoder.dispose();
  });

  it('shows the mean of a squared-error decoder in grey; the ends of a way are the reconstructions', async () => {
    const { autoencoder } = mseAutoencoder({ ...sizes, encoderFilters: 4, seed: 2 });
    const pictures = await msePictures(autoencoder, context);
    const rows = await cells(pictures['reconstructions.png'], 2, 4);
    expect(rows[0]).toEqual([0, 1, 2, 3].map(original));
    expect(rows[1]?.flat().some((value) => value > 0 && value < 255)).toBe(true);
    const ways = await cells(pictures['interpolations.png'], 2, 11);
    expect(ways.map((way) => [way[1], way[9]])).toEqual([
      [rows[1]?.[0], rows[1]?.[1]],
      [rows[1]?.[2], rows[1]?.[3]],
    ]);
    autoencoder.dispose();
  });

  it('leaves the ways out where there is one image', async () => {
    const { autoencoder } = mseAutoencoder({ ...sizes, encoderFilters: 4 });
    expect(Object.keys(await msePictures(autoencoder, { ...context, count: 1 }))).toEqual([
      'reconstructions.png',
    ]);
    autoencoder.dispose();
  });
});
