import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatasetSplits, ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import type { RunResult } from '@pixelrnn/metrics';
import { Random } from '@pixelrnn/random';
import { evaluate } from '@pixelrnn/training';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { table4 } from '../table4.js';
import { type Grid, type RunFailure, runInOrder } from './grid.js';
import { plan } from './plan.js';
import { redrawSamples } from './redrawSamples.js';

vi.mock('@pixelrnn/training', async (importOriginal) => {
  const actual = await importOriginal<typeof import('@pixelrnn/training')>();
  return { ...actual, evaluate: vi.fn(actual.evaluate) };
});

beforeAll(() => loadEngine({ quiet: true }));

/** Images of 6x6 whose columns are 0 or 1. */
function columns(count: number, seed: number): ImageDataset {
  const random = new Random(seed).split('columns');
  const bits = Array.from({ length: count * 6 }, () => random.integer(2));
  const images = Uint8Array.from(
    { length: count * 36 },
    (_, i) => bits[Math.floor(i / 36) * 6 + (i % 6)] as number,
  );
  const size = { height: 6, width: 6, channels: 1, levels: 2 as const };
  return new ImageDataset({ name: 'columns', kind: 'seeded', ...size, images });
}

const data: DatasetSplits = { train: columns(64, 1), valid: columns(20, 2), test: columns(30, 3) };
const experiment = { ...table4, loadData: async () => data };
const tiny = {
  ...{ data: 'seeded', h: 2, blocks: 1, headWidth: 4, firstKernel: 3, learningRate: 0.01 },
  ...{ steps: 6, batchSize: 8, logEvery: 1, validateEvery: 3, validImages: 10, testImages: 10, samples: 4 },
};

let out: string;
let folder: string;
let lines: string[];
beforeEach(async () => {
  out = await temporaryFolder();
  folder = join(out, 'table4', 'runs', 'pixelcnn', 'seed-0');
  lines = [];
});

const log = (line: string) => void lines.push(line);
/** The one run, without the tables and plots of its experiment. */
function start(set: Record<string, unknown>, more: Partial<Grid> = {}): Promise<RunFailure[]> {
  lines = [];
  const preset = 'smoke';
  const planned = plan(experiment, { preset, rows: ['pixelcnn'], set: { ...tiny, ...set } });
  return runInOrder({ experiment, planned, seeds: [0], preset, out, fresh: false, log, ...more });
}

/** Runs it and gives the failure, if there was one. */
const run = async (set: Record<string, unknown> = {}, more: Partial<Grid> = {}) =>
  (await start(set, more))[0]?.message;

const json = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
const result = (): Promise<RunResult> => json('result.json');
const trainedSteps = async () =>
  (await readFile(join(folder, 'metrics.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).step);
/** The steps, fewer than 128, of the events of samples. */
async function sampledSteps(): Promise<number[]> {
  const steps: number[] = [];
  for (const name of await readdir(join(folder, 'tensorboard'))) {
    const bytes = await readFile(join(folder, 'tensorboard', name));
    for (let at = 0; at < bytes.length; ) {
      const length = Number(bytes.readBigUInt64LE(at));
      const event = bytes.subarray(at + 12, at + 12 + length);
      if (event.includes('samples')) steps.push(event[10] as number); // after the time, and the step's key
      at += length + 16;
    }
  }
  return steps.sort((a, b) => a - b);
}
const checkpoint = () => readFile(join(folder, 'checkpoint', 'model.json'), 'utf8');

/** The result of a run in one piece, elsewhere. */
async function inOnePiece(set: Record<string, unknown>): Promise<RunResult> {
  const elsewhere = await temporaryFolder();
  expect(await run(set, { out: elsewhere })).toBeUndefined();
  return JSON.parse(
    await readFile(join(elsewhere, 'table4', 'runs', 'pixelcnn', 'seed-0', 'result.json'), 'utf8'),
  );
}

describe('a finished run', () => {
  it('goes on with more steps, to the result of a run in one piece', async () => {
    expect(await run()).toBeUndefined();
    expect(await run({ steps: 12 })).toBeUndefined();
    expect((await json('config.json')).settings.steps).toBe(12);
    const { seconds: _, ...found } = await result();
    const { seconds: __, ...expected } = await inOnePiece({ steps: 12 });
    expect(found).toEqual(expected);
    expect(Math.max(...(await trainedSteps()))).toBe(12);
  });

  it.each([
    ['testImages', 31, 30, 'test'],
    ['validImages', 21, 20, 'validation'],
    ['trainImages', 65, 64, 'training'],
    ['batchSize', 65, 64, 'training'],
  ])('is left as it is where %s is more than there are', async (key, asked, count, split) => {
    const message = `${key}: expected at most ${count}, the ${split} images of columns, got ${asked}; lower --set ${key}.`;
    expect(await run({ steps: 1, [key]: asked })).toBe(message); // before it is trained
    expect(existsSync(folder)).toBe(false);
    expect(await run()).toBeUndefined();
    const before = await result();
    expect(await run({ [key]: asked }, { fresh: true })).toBe(message);
    expect(await result()).toEqual(before);
  });

  it('is measured on other images without training, each number as in a run of its own', async () => {
    expect(await run()).toBeUndefined();
    const before = await checkpoint();
    const first = await result();
    expect(await run({ testImages: null, trainImages: 5 })).toBeUndefined();
    expect(lines.join('\n')).not.toContain('sampling');
    const { seconds, ...found } = await result();
    expect(seconds).toBe(first.seconds);
    expect(found).toMatchObject({ testImages: 30, valid: first.valid, steps: 6 });
    const { seconds: _, ...expected } = await inOnePiece({ testImages: null, trainImages: 5 });
    expect(found).toEqual(expected);
    expect(found.train).not.toBeNull();
    expect((await json('config.json')).settings).toMatchObject({ testImages: null, trainImages: 5 });
    expect(await checkpoint()).toBe(before);
    // And then it is done.
    expect(await run({ testImages: null, trainImages: 5 })).toBeUndefined();
    expect(lines).toContain(`PixelCNN, seed 0: already done (${folder})`);
  });

  it('draws another number of samples, or none, and measures nothing', async () => {
    expect(await run()).toBeUndefined();
    const [before, png] = [await result(), await readFile(join(folder, 'samples.png'))];
    expect(await run({ samples: 9 })).toBeUndefined();
    expect(lines.join('\n')).toContain('sampling 9 images');
    expect(lines.join('\n')).not.toContain('evaluating');
    expect(await result()).toEqual(before);
    expect(await readFile(join(folder, 'samples.png'))).not.toEqual(png);
    expect(await run({ samples: 0 })).toBeUndefined();
    expect(existsSync(join(folder, 'samples.png'))).toBe(false);
  });

  it("has its samples in TensorBoard's logs at the steps of a run in one piece", async () => {
    const set = { validateEvery: 1, sampleEvery: 3, samples: 1, tensorBoard: true };
    expect(await run({ ...set, steps: 5 })).toBeUndefined();
    expect(await sampledSteps()).toEqual([1, 4, 5]); // 5 is the end
    expect(await run({ ...set, steps: 12 })).toBeUndefined();
    expect(await sampledSteps()).toEqual([1, 4, 5, 7, 10, 12]);
  });

  it('is refused with a setting that changes its weights, and stays as it was', async () => {
    expect(await run()).toBeUndefined();
    const before = [await result(), await json('config.json'), await checkpoint()];
    expect(await run({ h: 3, samples: 9, steps: 5 })).toBe(
      `${folder} holds a run of other settings (h: 2 there, 3 asked for; steps: 6 there, 5 asked for). Use --fresh to replace it, or another --out.`,
    );
    expect([await result(), await json('config.json'), await checkpoint()]).toEqual(before);
  });

  it('whose weights are gone is not measured', async () => {
    expect(await run()).toBeUndefined();
    await rm(join(folder, 'checkpoint'), { recursive: true });
    expect(await run({ testImages: 5 })).toBe(
      `${folder} has a result of 6 steps and no checkpoint: nothing else can be measured of it; use --fresh to train it again.`,
    );
    expect((await result()).testImages).toBe(10);
    expect(await run()).toBeUndefined(); // what it has is still there
  });

  it('that is interrupted while it is measured stays finished as it was', async () => {
    expect(await run()).toBeUndefined();
    const before = [await result(), await json('config.json')];
    const stop = (line: string) => void (line.includes('evaluating') && process.emit('SIGINT'));
    await expect(start({ testImages: null }, { log: stop })).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect([await result(), await json('config.json')]).toEqual(before);
  });
});

describe('a run whose numbers stopped being finite', () => {
  // Finite for a while; then it goes on to nowhere.
  const wild = { learningRate: 1e37, checkpointMinutes: 1e-9, nonFinite: 'stop' };

  it('needs no --fresh for a lower rate, and gives the result of a run in a new folder', async () => {
    expect(await run(wild)).toMatch(/not finite/);
    expect((await json('failure.json')).message).toMatch(/not finite/);
    expect(await run({ learningRate: 0.01, checkpointMinutes: 1e-9 })).toBeUndefined();
    expect(lines.join('\n')).toMatch(
      /PixelCNN, seed 0: beginning anew \(learningRate: 1e\+37 there, 0\.01 asked for\)/,
    );
    expect(existsSync(join(folder, 'failure.json'))).toBe(false);
    const { seconds: _, ...found } = await result();
    const { seconds: __, ...expected } = await inOnePiece({});
    expect(found).toEqual(expected);
  });

  it('is begun anew from a checkpoint too, but not with another model', async () => {
    // A run that was interrupted, and then is told to have failed.
    const endless = { steps: 1_000_000, checkpointMinutes: 1e-9 };
    const interrupted = start(endless);
    const timer = setInterval(() => {
      if (!existsSync(join(folder, 'checkpoint', 'model.json'))) return;
      clearInterval(timer);
      process.emit('SIGINT');
    }, 5);
    await expect(interrupted).rejects.toMatchObject({ code: 'interrupted' });
    await writeFile(join(folder, 'failure.json'), '{"message": "The loss was not finite at step 9."}');
    expect(await run({ ...endless, h: 3, learningRate: 0.02 })).toContain(
      'holds a run of other settings (h: 2 there',
    );
    expect(await run({ learningRate: 0.02 })).toBeUndefined();
    expect((await result()).steps).toBe(6);
    expect((await readdir(folder)).includes('failure.json')).toBe(false);
  });
});

describe('a mean that is not finite', () => {
  const whole = vi.mocked(evaluate).getMockImplementation() as typeof evaluate;
  /** After so many evaluations that are as they should be. */
  const notFinite = (after: number) => {
    for (let i = 0; i < after; i++) vi.mocked(evaluate).mockImplementationOnce(whole);
    const images = 10;
    const standardError = Number.NaN;
    vi.mocked(evaluate).mockResolvedValueOnce({ nats: Number.NaN, standardError, images });
  };

  it.each([
    ['test', 0],
    ['validation', 1],
    ['training', 2],
  ])('over the %s images ends the run with a sentence, and the run goes on', async (split, after) => {
    notFinite(after);
    const message = `The mean over ${split} images of columns is NaN nats, not a finite number: lower the learning rate or set clipNorm.`;
    expect(await run({ trainImages: 5 })).toBe(message);
    expect(await json('failure.json')).toEqual({ message });
    expect(existsSync(join(folder, 'result.json'))).toBe(false);
    expect(await run({ trainImages: 5 })).toBeUndefined();
    expect((await result()).steps).toBe(6);
    expect(existsSync(join(folder, 'failure.json'))).toBe(false);
  });

  it('leaves a finished run that is measured again as it was', async () => {
    expect(await run()).toBeUndefined();
    const before = [await result(), await json('config.json')];
    notFinite(0);
    expect(await run({ testImages: null })).toContain('The mean over test images of columns is NaN');
    expect([await result(), await json('config.json')]).toEqual(before);
    expect(await run({ learningRate: 0.02 })).toContain('holds a run of other settings');
  });
});

describe('redrawSamples', () => {
  it("draws finished runs' samples with their own settings, and names the others", async () => {
    expect(await run()).toBeUndefined();
    const before = [await result(), await json('config.json')];
    const png = await readFile(join(folder, 'samples.png'));
    await rm(join(folder, 'samples.png'));
    lines = [];
    const asked = { rows: ['pixelcnn'], seeds: [0, 7], out, log };
    expect(await redrawSamples(experiment, asked)).toEqual([]);
    expect(await readFile(join(folder, 'samples.png'))).toEqual(png);
    expect([await result(), await json('config.json')]).toEqual(before);
    expect(lines.join('\n')).toContain('sampling 4 images');
    expect(lines.join('\n')).not.toContain('evaluating');
    expect(lines.at(-1)).toMatch(/^PixelCNN, seed 7: no finished run/);
    expect(await redrawSamples(experiment, { ...asked, set: { samples: 9 } })).toEqual([]);
    expect((await json('config.json')).settings.samples).toBe(9);
  });

  it('takes no other setting, and says where there is nothing to draw', async () => {
    const asked = { rows: ['pixelcnn'], out, log };
    await expect(redrawSamples(experiment, { ...asked, set: { h: 3 } })).rejects.toThrow(
      'Samples alone are drawn: expected no setting but samples, got h.',
    );
    await expect(redrawSamples(experiment, asked)).rejects.toThrow(
      'holds no finished run of these rows and seeds',
    );
  });
});
