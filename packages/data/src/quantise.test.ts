import { describe, expect, it } from 'vitest';
import { ImageDataset } from './imageDataset.js';
import { dataErrorOf } from './testing/samples.js';

const all = new ImageDataset({
  ...{ name: 'x', kind: 'own', levels: 256, height: 1, width: 256, channels: 1 },
  images: Uint8Array.from({ length: 256 }, (_, i) => i),
});

describe('quantised', () => {
  it.each([2, 3, 4, 5, 16, 100, 255, 256])('quantises to %i levels evenly', (levels) => {
    const dataset = all.quantised(levels);
    const { images } = dataset;
    expect(dataset.levels).toBe(levels);
    expect(dataset.name).toBe(levels === 256 ? 'x' : `x, ${levels} levels`);
    const counts = Array.from({ length: levels }, (_, level) => images.filter((it) => it === level).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(counts.reduce((a, b) => a + b)).toBe(256);
    expect([images[0], images[255]]).toEqual([0, levels - 1]);
    for (let i = 1; i < 256; i++) expect(images[i]).toBeGreaterThanOrEqual(images[i - 1]!);
    if (levels === 2) expect(images.indexOf(1)).toBe(128);
  });

  it('quantises images that are not in memory as those that are', () => {
    const asked: number[] = [];
    const far = new ImageDataset({
      ...{ name: 'x', kind: 'own', levels: 256, height: 1, width: 1, channels: 1 },
      images: {
        count: 4,
        read: (index, into) => into.fill(64 * index + 63),
        readAhead: (indices) => asked.push(...indices),
      },
    } as const).quantised(4);
    expect([...far.batches({ batchSize: 4, seed: 0 }).next().value.intensities].sort()).toEqual([0, 1, 2, 3]);
    expect([...far.subset(2).images]).toEqual([0, 2]);
    expect(asked).toHaveLength(4);
    expect([...far.images]).toEqual([0, 1, 2, 3]);
  });

  it('quantises no levels but 256', async () => {
    const error = await dataErrorOf(() => all.quantised(16).quantised(4));
    expect(error.message).toContain(
      'images of 256 levels were expected, to be quantised to 4, but they have 16',
    );
  });
});
