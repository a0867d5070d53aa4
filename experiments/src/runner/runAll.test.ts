import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError, ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Experiment } from '../experiment.js';
import { pixelCNNRow } from '../modelRows.js';
import { printCampaign } from './printPlan.js';
import { runAll } from './runAll.js';
import { diskBytes } from './runCosts.js';

beforeAll(() => loadEngine({ quiet: true }));
let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'pixelrnn-all-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(out, { recursive: true, force: true });
});

const stripes = new ImageDataset({
  name: 'stripes',
  kind: 'fixed',
  levels: 2,
  height: 4,
  width: 4,
  channels: 1,
  images: Uint8Array.from({ length: 32 * 16 }, (_, i) => (i >> (i % 5)) & 1),
});

function experiment(id: string, loadData: Experiment['loadData']): Experiment {
  const preset = {
    data: 'stripes',
    steps: 4,
    batchSize: 4,
    learningRate: 1e-3,
    logEvery: 2,
    validateEvery: 4,
    testImages: null,
    trainImages: 0,
    samples: 0,
    tensorBoard: false,
    blocks: 1,
    h: 2,
    headWidth: 2,
    firstKernel: 3,
    kernelSize: 3,
  };
  const model = pixelCNNRow({ smoke: preset, cpu: preset, paper: preset });
  const row = { name: 'pixelcnn', label: 'PixelCNN', paper: null, paperSource: null, model };
  return {
    id,
    title: id,
    metric: 'nats',
    canonicalDataset: 'stripes',
    rows: [row],
    datasets: ['stripes'],
    loadData,
  };
}

const there = async () => ({ train: stripes, valid: stripes, test: stripes });
const absent = () => Promise.reject(new DataError('missing', 'train.tar was expected: put one there.'));

it('runs all, whatever fails, and skips what is done', async () => {
  const chosen = [experiment('first', there), experiment('second', absent), experiment('third', there)];
  const tables: string[] = [];
  const log = vi.fn();
  const options = { preset: 'smoke', out, log } as const;
  const failures = await runAll(options, ({ id }) => tables.push(id), chosen);
  expect(failures).toEqual([
    { experiment: 'second', row: 'pixelcnn', seed: 0, message: 'train.tar was expected: put one there.' },
  ]);
  expect(tables).toEqual(['first', 'second', 'third']);
  const result = JSON.parse(await readFile(join(out, 'third/runs/pixelcnn/seed-0/result.json'), 'utf8'));
  expect(result.steps).toBe(4);
  log.mockClear();
  await runAll(options, () => {}, chosen);
  expect(log.mock.calls.flat().filter((line) => line.includes('already done'))).toHaveLength(2);
});

it('refuses options that fit no row before anything runs', async () => {
  const chosen = [experiment('first', there)];
  const each = vi.fn();
  await expect(runAll({ preset: 'smoke', out, set: { depth: 3 } }, each, chosen)).rejects.toThrow(
    'pixelcnn has no setting depth',
  );
  expect(each).not.toHaveBeenCalled();
});

it('adds up time, memory and disk of what is to run', async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line));
  const chosen = [experiment('first', there), experiment('second', absent)];
  const missing = await printCampaign({ preset: 'smoke', out, seeds: [0, 1] }, chosen);
  expect(missing).toEqual(['second pixelcnn: train.tar was expected: put one there.']);
  expect(lines[0]).toMatch(
    /^first pixelcnn: \d+ parameters, 4 steps, 0:\d\d a run, \d+ MB of memory, 1 MB of disk, 2 to run$/,
  );
  expect(lines[1]).toMatch(
    /^all: time about 0:\d\d, samples not counted; memory about \d+ MB; disk about 1 MB$/,
  );
});

it('counts the copies of the weights in two checkpoints', () => {
  const plain = { optimizer: 'rmsprop', emaDecay: null, patience: null, tensorBoard: false } as const;
  expect(diskBytes(plain, 1000, 0)).toBe(2 * 4 * 1000 * 2);
  expect(diskBytes({ ...plain, optimizer: 'adam', emaDecay: 0.99, patience: 3 }, 1000, 0)).toBe(
    2 * 4 * 1000 * 5,
  );
  expect(diskBytes(plain, 0, 10)).toBe(1700);
});
