import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, type BatchOptions, ImageDataset } from './imageDataset.js';
import { dataErrorOf } from './testing/samples.js';

/** Image i of 1x2x1 holds i and 255 - i, and has the label i mod 10. */
function numbered(count: number): ImageDataset {
  return new ImageDataset({
    name: 'numbered',
    kind: 'original',
    levels: 256,
    height: 1,
    width: 2,
    channels: 1,
    images: Uint8Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? i / 2 : 255 - (i - 1) / 2)),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
    checksums: { numbered: 'abc' },
  });
}

function dynamic(count: number): ImageDataset {
  const greyImages = new Uint8Array(64 * count).fill(128);
  return new ImageDataset({
    name: 'dynamic',
    kind: 'dynamic',
    levels: 2,
    height: 8,
    width: 8,
    channels: 1,
    images: new Uint8Array(greyImages.length),
    greyImages,
  });
}

const take = (batches: Iterator<Batch, never>, count: number) =>
  Array.from({ length: count }, () => batches.next().value);

const sizes = fc
  .integer({ min: 1, max: 40 })
  .chain((count) => fc.record({ count: fc.constant(count), batchSize: fc.integer({ min: 1, max: count }) }));

describe('batches', () => {
  it('resumes from any step as a fresh iterator does', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(100), ({ count, batchSize }, seed, step) => {
        const dataset = numbered(count);
        const fresh = take(dataset.batches({ batchSize, seed }), step + 3).slice(step);
        expect(take(dataset.batches({ batchSize, seed, step }), 3)).toEqual(fresh);
      }),
      { seed: 1 },
    );
  });

  it('gives no image twice in an epoch, and all of them where batches fit', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ({ count, batchSize }, seed) => {
        const perEpoch = Math.floor(count / batchSize);
        const batches = numbered(count).batches({ batchSize, seed });
        for (let epoch = 0; epoch < 3; epoch++) {
          const seen = new Set(take(batches, perEpoch).flatMap(({ indices }) => [...indices]));
          expect(seen.size).toBe(perEpoch * batchSize);
        }
      }),
      { seed: 2 },
    );
  });

  it('keeps the last, smaller batch of an epoch where asked, and starts at any step then too', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(30), ({ count, batchSize }, seed, step) => {
        const perEpoch = Math.ceil(count / batchSize);
        const options = { batchSize, seed, partial: 'keep' as const };
        const all = take(numbered(count).batches(options), step + 2 * perEpoch);
        const epoch = all.slice(perEpoch, 2 * perEpoch).flatMap(({ indices }) => [...indices]);
        expect(epoch.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        const last = count % batchSize === 0 ? batchSize : count % batchSize;
        expect(all[perEpoch - 1]!.shape).toEqual([last, 1, 2, 1]);
        const later = take(numbered(count).batches({ ...options, step }), 2 * perEpoch);
        expect(later).toEqual(all.slice(step));
      }),
      { seed: 3 },
    );
  });

  it('holds the images and labels of its indices', () => {
    for (const batch of take(numbered(20).batches({ batchSize: 6, seed: 3 }), 10)) {
      expect(batch.shape).toEqual([6, 1, 2, 1]);
      expect([...batch.intensities]).toEqual([...batch.indices].flatMap((index) => [index, 255 - index]));
      expect([...batch.labels!]).toEqual([...batch.indices].map((index) => index % 10));
    }
  });

  it('shuffles differently in each epoch and for each seed', () => {
    const dataset = numbered(50);
    const [first, second] = take(dataset.batches({ batchSize: 50, seed: 4 }), 2);
    const [other] = take(dataset.batches({ batchSize: 50, seed: 5 }), 1);
    expect(first!.indices).not.toEqual(second!.indices);
    expect(first!.indices).not.toEqual(other!.indices);
  });

  it('leaves out other images in each epoch', () => {
    const left = take(numbered(7).batches({ batchSize: 6, seed: 6 }), 40).map(
      ({ indices }) => 21 - indices.reduce((a, b) => a + b, 0),
    );
    expect(new Set(left)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  });

  it('is not disturbed by what a caller does to a batch', () => {
    const dataset = numbered(12);
    const spoiled = dataset.batches({ batchSize: 4, seed: 7 });
    for (const batch of take(spoiled, 2)) {
      batch.indices.fill(0);
      batch.intensities.fill(0);
    }
    expect(take(spoiled, 4)).toEqual(take(dataset.batches({ batchSize: 4, seed: 7, step: 2 }), 4));
  });

  it('reaches a step far away at once', () => {
    const [batch] = take(numbered(10).batches({ batchSize: 5, seed: 8, step: 2 ** 50 }), 1);
    expect(batch!.indices).toHaveLength(5);
  });

  it('asks for the images of the next batch ahead', () => {
    const asked: number[][] = [];
    const dataset = new ImageDataset({
      name: 'x',
      kind: 'sample',
      levels: 256,
      height: 1,
      width: 1,
      channels: 1,
      images: {
        count: 10,
        read: (index, into) => into.fill(index),
        readAhead: (indices) => asked.push([...indices]),
      },
    });
    const batches = take(dataset.batches({ batchSize: 3, seed: 1 }), 5);
    expect(asked.slice(0, 4)).toEqual(batches.slice(1).map(({ indices }) => [...indices]));
    asked.length = 0;
    expect([...dataset.sequentialBatches(4)].map(({ intensities }) => [...intensities])).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(asked).toEqual([
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });

  it('refuses a policy that it does not know', async () => {
    const partial = 'pad' as 'keep';
    const error = await dataErrorOf(() => numbered(10).batches({ batchSize: 3, seed: 0, partial }));
    expect(error.message).toBe("numbered: partial should be 'drop' or 'keep', but pad came.");
  });

  it.each([
    { batchSize: 0, seed: 0 },
    { batchSize: 11, seed: 0 },
    { batchSize: 2.5, seed: 0 },
    { batchSize: 2, seed: -1 },
    { batchSize: 2, seed: 2 ** 32 },
    { batchSize: 2, seed: 0, step: -1 },
    { batchSize: 2, seed: 0, step: Number.NaN },
    undefined,
  ])('refuses %j at once', async (options) => {
    const error = await dataErrorOf(() => numbered(10).batches(options as BatchOptions));
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(/should be an integer from .* but .* came/);
  });
});

describe('batches of a dynamic binarization', () => {
  const imagesOf = (dataset: ImageDataset, epoch: number, batchSize: number, seed = 1) => {
    const perEpoch = dataset.count / batchSize;
    const found = new Map<number, string>();
    for (const batch of take(dataset.batches({ batchSize, seed, step: epoch * perEpoch }), perEpoch)) {
      for (const [i, index] of batch.indices.entries()) {
        found.set(index, batch.intensities.subarray(64 * i, 64 * (i + 1)).join(''));
      }
    }
    return found;
  };

  it('depends on seed, epoch and image, and on nothing else', () => {
    const dataset = dynamic(12);
    const epoch3 = imagesOf(dataset, 3, 4);
    expect(new Set(epoch3.values()).size).toBe(12);
    expect(imagesOf(dataset, 3, 6)).toEqual(epoch3);
    for (const index of epoch3.keys()) {
      expect(imagesOf(dataset, 4, 4).get(index)).not.toBe(epoch3.get(index));
      expect(imagesOf(dataset, 3, 4, 2).get(index)).not.toBe(epoch3.get(index));
    }
    const six = imagesOf(dataset.subset(6), 3, 3);
    for (const [position, image] of six) expect(image).toBe(epoch3.get(position)); // all grey images are alike
  });

  it('draws zeros and ones, half of them at intensity 128', () => {
    const ones = [...imagesOf(dynamic(100), 0, 10).values()].join('').replaceAll('0', '').length;
    expect(Math.abs(ones / 6400 - 128 / 255)).toBeLessThan(4 * Math.sqrt(0.25 / 6400)); // 4 standard errors
  });

  it('evaluates on the static images', () => {
    const [batch] = [...dynamic(3).sequentialBatches(3)];
    expect(batch!.intensities).toEqual(new Uint8Array(3 * 64));
  });
});

describe('sequentialBatches', () => {
  it('gives every image once, in order, with the last partial batch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 50 }), (count, batchSize) => {
        const batches = [...numbered(count).sequentialBatches(batchSize)];
        expect(batches.flatMap(({ indices }) => [...indices])).toEqual(
          Array.from({ length: count }, (_, i) => i),
        );
        expect(batches.flatMap(({ intensities }) => [...intensities])).toEqual([...numbered(count).images]);
        expect(batches).toHaveLength(Math.ceil(count / batchSize));
      }),
      { seed: 9 },
    );
  });

  it('refuses a batch size of 0 at once', async () => {
    expect((await dataErrorOf(() => numbered(3).sequentialBatches(0))).code).toBe('usage');
  });
});

describe('ImageDataset', () => {
  it('keeps name, kind, labels and checksums in a subset', async () => {
    const subset = numbered(10).subset(4);
    expect(subset.count).toBe(4);
    expect([...subset.images]).toEqual([0, 255, 2, 253, 5, 250, 7, 248]); // images 0, 2, 5 and 7
    expect([...subset.labels!]).toEqual([0, 2, 5, 7]);
    expect([subset.name, subset.kind, subset.checksums]).toEqual([
      'numbered',
      'original',
      { numbered: 'abc' },
    ]);
    for (const count of [0, 11, 1.5]) {
      expect((await dataErrorOf(() => numbered(10).subset(count))).code).toBe('usage');
    }
  });

  it('spaces a subset evenly, and all of a dataset is itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 120 }), (a, b) => {
        const [count, total] = [Math.min(a, b), Math.max(a, b)];
        const chosen = [...numbered(total).subset(count).images].filter((_, i) => i % 2 === 0);
        const gaps = chosen.map((index, i) => (chosen[i + 1] ?? total) - index);
        expect(chosen[0]).toBe(0);
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
        if (count === total) expect(chosen).toEqual([...chosen.keys()]);
      }),
      { seed: 4 },
    );
  });

  it('takes from a subset of grey images those of the chosen images', () => {
    const greyImages = Uint8Array.from({ length: 64 * 4 }, (_, i) => (i < 128 ? 0 : 255)); // two black, two white
    const images = new Uint8Array(64 * 4);
    const shape = { name: 'grey', kind: 'dynamic', levels: 2, height: 8, width: 8, channels: 1 } as const;
    const halves = new ImageDataset({ ...shape, images, greyImages }).subset(2);
    const { intensities, indices } = halves.batches({ batchSize: 2, seed: 1 }).next().value;
    const black = indices[0] === 0 ? 0 : 64;
    expect([...intensities.subarray(black, black + 64)]).toEqual(new Array(64).fill(0));
    expect([...intensities.subarray(64 - black, 128 - black)]).toEqual(new Array(64).fill(1));
  });

  it('refuses intensities beyond its levels when it reads them', async () => {
    const images = { count: 1, read: (_: number, into: Uint8Array) => into.fill(4), readAhead: () => {} };
    const shape = { name: 'x', kind: 'own', height: 1, width: 1, channels: 1, images } as const;
    for (const levels of [5, 256]) expect([...new ImageDataset({ ...shape, levels }).images]).toEqual([4]);
    const few = new ImageDataset({ ...shape, levels: 4 });
    for (const read of [() => few.images, () => [...few.sequentialBatches(1)]]) {
      expect((await dataErrorOf(read)).message).toContain('x: intensities of 0..3 were expected, but larger');
    }
  });

  it.each([1, 0, 257, 2.5, Number.NaN])('refuses %d levels', async (levels) => {
    const shape = { name: 'x', kind: 'own', height: 1, width: 1, channels: 1 } as const;
    const made = await dataErrorOf(() => new ImageDataset({ ...shape, levels, images: new Uint8Array(1) }));
    expect(made.code).toBe('usage');
    expect((await dataErrorOf(() => numbered(3).quantised(levels))).code).toBe('usage');
  });

  it.each([
    ['no image', { images: new Uint8Array(0) }],
    ['half an image', { images: new Uint8Array(3) }],
    ['too few labels', { images: new Uint8Array(4), labels: new Uint8Array(1) }],
    ['grey intensities beside two levels', { images: Uint8Array.of(0, 1, 2, 1), levels: 2 }],
    ['an intensity of 16 beside 16 levels', { images: Uint8Array.of(0, 16), levels: 16 }],
    ['grey images beside 256 levels', { images: new Uint8Array(4), greyImages: new Uint8Array(4) }],
    ['too few grey images', { images: new Uint8Array(4), greyImages: new Uint8Array(2), levels: 2 as const }],
  ])('refuses %s', async (_, options) => {
    const shape = { name: 'x', kind: 'original', levels: 256, height: 1, width: 2, channels: 1 } as const;
    expect((await dataErrorOf(() => new ImageDataset({ ...shape, ...options }))).code).toBe('format');
  });
});
