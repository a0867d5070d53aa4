import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suiteFolder, temporaryFolder } from '@pixelrnn/files/testing';
import type { MetricsLine } from '@pixelrnn/metrics';
import { type Ended, mpirun } from '@pixelrnn/mpi/testing';
import { describe, expect, test } from 'vitest';
import { checkpointProgress } from '../checkpoint/checkpoint.js';
import { readMetricsLog } from '../logs/metricsLog.js';
import type { RankProgram } from '../testing/rankProgram.js';

const program = fileURLToPath(new URL('../testing/rankProgram.ts', import.meta.url));

// Seven images an update: shares of 3 and 4, of 2, 2 and 3, of 1, 2, 2 and 2.
const options: RankProgram['options'] = {
  steps: 50,
  batchSize: 7,
  seed: 7,
  optimizer: 'adam',
  learningRate: 1e-3,
  clipNorm: 20,
  emaDecay: 0.9,
  patience: 10,
  logEvery: 1,
  validateEvery: 25,
  tensorBoard: false,
};

const start = (ranks: number, run: RankProgram, env?: Record<string, string>) =>
  mpirun(ranks, [program, JSON.stringify(run)], env);

interface Trained {
  steps: number;
  best: { step: number; nats: number };
  lines: MetricsLine[];
  weights: string;
}

function trained({ code, stdout, stderr }: Ended): Trained {
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Trained;
}

/** Every loss, norm and validation within 1e-5. */
function expectSameCurve(lines: readonly Partial<MetricsLine>[], expected: readonly Partial<MetricsLine>[]) {
  expect(lines.map(({ step }) => step)).toEqual(expected.map(({ step }) => step));
  for (const [i, line] of lines.entries()) {
    for (const key of ['train', 'valid'] as const) {
      const [value, other] = [line[key], expected[i]?.[key]];
      expect(value === undefined).toBe(other === undefined);
      if (value === undefined || other === undefined) continue;
      expect(Math.abs(value / other - 1), `${key} at step ${line.step}`).toBeLessThan(1e-5);
    }
  }
}

const base = suiteFolder();
const alone = start(1, { options, folder: join(base, 'alone') }).ended.then(trained);

describe('the loss curve of 50 steps', () => {
  test.each([2, 3, 4])('on %i ranks with uneven shares is that of one process to 1e-5', async (ranks) => {
    const { lines, best } = trained(await start(ranks, { options }).ended);
    const one = await alone;
    expect(lines).toHaveLength(52);
    expectSameCurve(lines, one.lines);
    expect(best.step).toBe(one.best.step);
  });

  test('is the same to the bit for the same number of ranks, also without fused kernels to 1e-5', async () => {
    const folder = await temporaryFolder();
    const first = trained(await start(2, { options, folder }).ended);
    const again = trained(await start(2, { options }).ended);
    expect(again).toEqual(first);
    expect((await readdir(folder)).sort()).toEqual(['checkpoint', 'metrics.jsonl']);
    const composed = trained(await start(2, { options }, { PIXELRNN_ENGINE: 'wasm' }).ended);
    expectSameCurve(composed.lines, first.lines);
  });
});

describe('ranks that differ from rank 0 stop all, with one sentence:', () => {
  const often = { ...options, steps: 400, checkpointMinutes: 1e-9, validateEvery: 400 };
  test.each<[string, RankProgram['fault'], RegExp]>([
    [
      'other data',
      'data',
      /^Rank 1 on \S+ would train something else \(train\.images: 63 there, 64 on rank 0/m,
    ],
    [
      'another config',
      'config',
      /^Rank 1 on \S+ would train something else \(config\.seed: 8 there, 7 on rank 0; config\.learningRate: 0\.5 there, 0\.001 on rank 0; first batch: /m,
    ],
    [
      'other kernels',
      'kernels',
      /^Rank 1 on \S+ would train something else \(engine: "tensorflow, composed kernels" there, "tensorflow, native kernels" on rank 0\)/m,
    ],
    [
      'images that differ later',
      'later data',
      /^The next images of rank 1 differ from rank 0's after step \d+; the last good checkpoint is of step \d+|^The next images of rank 1 differ from rank 0's after step 1; there is no checkpoint yet/m,
    ],
    [
      'weights that drift',
      { drift: 8 },
      /^The weights, or the state of its optimiser, of rank 1 differ from rank 0's after step \d+; the last good checkpoint is of step \d+, in /m,
    ],
  ])('%s', async (_, fault, sentence) => {
    const folder = await temporaryFolder();
    const { code, stderr } = await start(2, { folder, options: often, ...(fault && { fault }) }).ended;
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr.match(/Rank 1|rank 1/g)).toHaveLength(1);
    expect(existsSync(join(folder, 'lock.json'))).toBe(false);
  });

  test('more ranks than images in a batch', async () => {
    const { code, stderr } = await start(2, { options: { ...options, batchSize: 1 } }).ended;
    expect(code).toBe(1);
    expect(stderr.match(/batchSize must be at least the number of ranks.* got 1 for 2 ranks/g)).toHaveLength(
      1,
    );
  });
});

describe('a run on ranks that end', () => {
  const long = { ...options, steps: 120, checkpointMinutes: 0.02 / 60, patience: null, logEvery: 10 };
  const uninterrupted = start(1, { options: long }).ended.then(trained);

  async function goesOn(folder: string, ranks: number): Promise<void> {
    const there = await checkpointProgress(join(folder, 'checkpoint'));
    expect(there?.steps).toBeGreaterThan(0);
    expect(there?.steps).toBeLessThan(120);
    const { lines } = trained(await start(ranks, { options: long, folder }).ended);
    const expected = (await uninterrupted).lines;
    expect(lines.at(-1)?.step).toBe(120);
    // The logs of other numbers of ranks round differently, which many steps magnify.
    expect(lines.map(({ step }) => step)).toEqual(expected.map(({ step }) => step));
    expect(lines.at(-1)?.valid).toBeCloseTo(expected.at(-1)?.valid as number, 1);
    expect(await readMetricsLog(folder)).toHaveLength(expected.length);
  }

  test('one by SIGKILL: mpirun ends the others, and three ranks go on', async () => {
    const folder = await temporaryFolder();
    const { code, stderr } = await start(2, { folder, options: long, fault: { kill: 70 } }).ended;
    expect(code, stderr).toBe(137);
    await goesOn(folder, 3);
  });

  test('one by an error of its own: it is told with its rank, and one process goes on', async () => {
    const folder = await temporaryFolder();
    const { code, stderr } = await start(2, { folder, options: long, fault: { error: 70 } }).ended;
    expect(code).toBe(1);
    expect(stderr.match(/^Rank 1 of 2 on \S+: The images cannot be read\.$/gm)).toHaveLength(1);
    await goesOn(folder, 1);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('by %s to mpirun: one sentence, a checkpoint', async (signal) => {
    const folder = await temporaryFolder();
    // A busy machine may take longer than the second that mpirun gives ranks to end in. With more time mpirun also passes the
    // signal on later: the run must last until then.
    const patient = { OMPI_MCA_odls_base_sigkill_timeout: '8' };
    const run = { folder, options: { ...long, checkpointMinutes: 60 }, fault: { slow: 250 } };
    const { child, ended } = start(2, run, patient);
    let said = '';
    child.stdout?.on('data', (text: string) => {
      const before = said.includes('step 10\n');
      said += text;
      if (!before && said.includes('step 10\n')) child.kill(signal);
    });
    const { code, stderr } = await ended;
    expect(code).not.toBe(0);
    expect(stderr.match(/stopped by SIG\w+/g) ?? [], stderr).toHaveLength(1);
    expect(existsSync(join(folder, 'lock.json'))).toBe(false);
    await goesOn(folder, 2);
  });
});
