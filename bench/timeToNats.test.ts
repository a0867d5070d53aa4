import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainUntil } from './ours/trainUntil.js';
import type { Row } from './report.js';
import { formatTimes, timeRow, timeToNatsSchema } from './timeToNats.js';
import { type NatsWork, natsWorks, trainingWorks } from './works.js';

beforeAll(() => loadEngine({ quiet: true }));

const work = natsWorks[0] as NatsWork;

const rates: Row = {
  work: work.name,
  unit: 'images/s',
  ours: 800,
  peers: { pytorch: 400, torchCompile: null, jax: 200 },
  absent: { torchCompile: 'No compiler.' },
  ratio: 2,
  rounds: {},
  gflops: 1,
  matmulFraction: 0.5,
};

const trained = {
  there: true,
  reached: 94.5,
  images: 40_000,
  seconds: 50,
  curve: [{ images: 40_000, seconds: 50, nats: 94.5 }],
};

const given = { work, nats: 95, validImages: 200, rates: { row: rates } };

describe('timeRow', () => {
  it("takes the peers' times from their speeds and marks them so", () => {
    const row = timeRow({ ...given, trained });
    expect(row).toMatchObject({
      ours: 50,
      peers: { pytorch: 100, torchCompile: null, jax: 200 },
      extrapolated: ['pytorch', 'jax'],
      ratio: 2,
      imagesPerSecond: { ours: 800, pytorch: 400, jax: 200 },
    });
    expect(timeToNatsSchema.shape.rows.element.parse(row)).toEqual(row);
    const machine = {
      ...{ cpu: 'Xeon', cores: 2, threads: 2, platform: 'linux-x64', node: '20', busy: 0 },
      ...{ tensorflow: '2', simd: 16, kernels: 'native' },
    };
    const text = formatTimes({ machine, engine: 'node', dataset: 'binarized MNIST (fixed)', rows: [row] });
    expect(text).toContain('to 95 nats on 200 validation images of binarized MNIST (fixed)');
    expect(text).toMatch(/pixelrnn +50\.0 s {3}trained\n/);
    expect(text).toMatch(/PyTorch eager +100\.0 s {3}extrapolated from 400\.0 images\/s\n/);
    expect(text).toMatch(/torch\.compile +- {3}No compiler\.\n/);
  });

  it('has no times where ours did not get there', () => {
    const row = timeRow({ ...given, trained: { ...trained, there: false, reached: 99 } });
    expect([row.ours, row.ratio, row.reached, row.extrapolated]).toEqual([null, null, 99, []]);
    expect(row.peers).toEqual({ pytorch: null, torchCompile: null, jax: null });
  });
});

describe('trainUntil', () => {
  /** Black images: learned at once. */
  const black = (count: number) =>
    new ImageDataset({
      ...{ name: 'black', kind: 'own', levels: 2, height: 6, width: 5, channels: 1 },
      images: new Uint8Array(count * 30),
    } as ConstructorParameters<typeof ImageDataset>[0]);
  const tiny: NatsWork = {
    ...{ name: 'tiny', model: 'pixelcnn', height: 6, width: 5, colors: 1, levels: 2, blocks: 1 },
    ...{ h: 4, headWidth: 5, batch: 4, learningRate: 1e-2, nats: 5, quickNats: 5 },
  } as NatsWork;

  it('trains until the validation is good enough, and no further', async () => {
    const options = { train: black(8), valid: black(2), nats: 5, validateEvery: 5, longestSeconds: 60 };
    const { there, reached, images, curve } = await trainUntil(tiny, options);
    expect(there).toBe(true);
    expect(reached).toBeLessThanOrEqual(5);
    expect(images).toBe(curve.length * 5 * 4);
    for (const { nats } of curve.slice(0, -1)) expect(nats).toBeGreaterThan(5);
  });

  it('ends after its longest time', async () => {
    const options = { train: black(8), valid: black(2), nats: -1, validateEvery: 1, longestSeconds: 0 };
    expect(await trainUntil(tiny, options)).toMatchObject({ there: false, images: 4 });
  });
});

it('has works that the training bench has too, so that peers and ours are known to agree on them', () => {
  for (const { learningRate, nats, quickNats, ...rest } of natsWorks)
    expect(trainingWorks).toContainEqual(rest);
});
