import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { ImageDataset } from '../imageDataset.js';
import { noise } from '../testing/archives.js';
import { dataErrorOf } from '../testing/samples.js';
import { PackedWriter } from './packedFile.js';
import { PackedStore } from './packedStore.js';

const shape = { height: 2, width: 3, channels: 3 };
const size = 18;

async function packed(count: number, labels: number[] = []): Promise<{ path: string; images: Uint8Array }> {
  const path = join(await temporaryFolder(), 'f.packed');
  const images = noise(count * size, count + 1);
  const writer = await PackedWriter.create(path, shape);
  for (let i = 0; i < count; i++) {
    writer.add(images.subarray(i * size, (i + 1) * size));
    await writer.flush(i % 7 === 0);
  }
  writer.addLabels(labels);
  await writer.finish({ checksums: { file: 'abc' }, source: 'identity', leftOut: 0 });
  await writer.close();
  return { path, images };
}

const datasetOf = (store: PackedStore) =>
  new ImageDataset({ name: 'x', kind: 'sample', levels: 256, ...shape, images: store, labels: store.labels });

describe('PackedStore', () => {
  it('gives images, labels and footer back, more than the writer first has room for', async () => {
    const labels = Array.from({ length: 3000 }, (_, i) => (i * 7) % 1000);
    const { path, images } = await packed(3000, labels);
    const store = PackedStore.open(path);
    expect(store.footer).toMatchObject({
      count: 3000,
      ...shape,
      checksums: { file: 'abc' },
      source: 'identity',
    });
    expect([...store.labels!]).toEqual(labels);
    expect(Buffer.compare(datasetOf(store).images, images)).toBe(0);
  });

  it('gives the batches that the same images in memory give', async () => {
    const { path, images } = await packed(50);
    const inMemory = new ImageDataset({ name: 'x', kind: 'sample', levels: 256, ...shape, images });
    const onDisk = datasetOf(PackedStore.open(path));
    expect([...onDisk.sequentialBatches(8)]).toEqual([...inMemory.sequentialBatches(8)]);
    expect([...onDisk.subset(20).sequentialBatches(8)]).toEqual([
      ...inMemory.subset(20).sequentialBatches(8),
    ]);
    for (const options of [
      { batchSize: 7, seed: 3 },
      { batchSize: 7, seed: 3, step: 20, partial: 'keep' as const },
    ]) {
      const [one, other] = [onDisk.batches(options), inMemory.batches(options)];
      for (let step = 0; step < 20; step++) expect(one.next()).toEqual(other.next());
    }
    expect(onDisk.labels).toBeUndefined();
    const picked = [0, 16, 33].flatMap((i) => [...images.subarray(i * size, (i + 1) * size)]);
    expect([...onDisk.subset(3).images]).toEqual(picked);
  });

  it('says so instead of making an array that cannot be', async () => {
    const huge = new ImageDataset({
      name: 'huge',
      kind: 'sample',
      levels: 256,
      height: 64,
      width: 64,
      channels: 3,
      images: { count: 1e6, read: () => {}, readAhead: () => {} },
    });
    const error = await dataErrorOf(() => huge.images);
    expect(error.code).toBe('usage');
    expect(error.message).toContain('use batches or sequentialBatches');
  });
});

describe('what is refused', () => {
  it('a file with any byte changed, at opening or at the image', async () => {
    const { path } = await packed(4, [1, 2, 3, 999]);
    const good = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Buffer.from(good);
        damaged[at]! ^= flip;
        await writeFile(path, damaged);
        expect(() => {
          const store = PackedStore.open(path);
          for (let i = 0; i < store.count; i++) store.read(i, new Uint8Array(size));
        }).toThrow(DataError);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('a file that is cut off anywhere', async () => {
    const { path } = await packed(3);
    const good = await readFile(path);
    for (let length = 0; length < good.length; length++) {
      await writeFile(path, good.subarray(0, length));
      expect(['truncated', 'format', 'checksum']).toContain(
        (await dataErrorOf(() => PackedStore.open(path))).code,
      );
    }
  });

  it('a damaged image, by its number', async () => {
    const { path } = await packed(3);
    const handle = await open(path, 'r+');
    await handle.write(Buffer.of(1, 2, 3), 0, 3, size + 4);
    await handle.close();
    const store = PackedStore.open(path);
    store.read(0, new Uint8Array(size));
    const error = await dataErrorOf(() => store.read(1, new Uint8Array(size)));
    expect(error.code).toBe('checksum');
    expect(error.message).toContain(`Image 1 in ${path}`);
  });

  it('a file that is not there', async () => {
    expect((await dataErrorOf(async () => PackedStore.open(join(await temporaryFolder(), 'f')))).code).toBe(
      'missing',
    );
  });
});
