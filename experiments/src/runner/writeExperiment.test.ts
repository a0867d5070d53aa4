import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { beforeEach, expect, it } from 'vitest';
import { table4 } from '../table4.js';
import { runExperiment } from './runExperiment.js';
import { writeExperiment } from './writeExperiment.js';

let out: string;
const run = (seed: number, row = 'pixelcnn') => join(out, 'table4', 'runs', row, `seed-${seed}`);

/** Finished runs of PixelCNN with seeds 0 and 1. */
beforeEach(async () => {
  out = await temporaryFolder();
  for (const seed of [0, 1]) {
    await mkdir(run(seed), { recursive: true });
    const settings = { ...table4.rows.find(({ name }) => name === 'pixelcnn')?.model?.presets.smoke };
    const config = { experiment: 'table4', row: 'pixelcnn', preset: 'smoke', seed, dataset: 'd', settings };
    const result = {
      ...{ test: 81 + seed, valid: 81, train: null, testImages: 200, testSplit: 10_000, validImages: 200 },
      ...{ testStandardError: 0.2, dimensions: 784, dataset: 'd', parameters: 10, steps: 60, images: 960 },
      ...{ seconds: 1, engine: 'wasm' },
    };
    await writeFile(join(run(seed), 'config.json'), JSON.stringify(config));
    await writeFile(join(run(seed), 'result.json'), JSON.stringify(result));
    await writeFile(join(run(seed), 'metrics.jsonl'), '{"step":60,"images":960,"seconds":1,"train":81}\n');
  }
});

/** Writes the table, with nothing to run. */
async function table() {
  const lines: string[] = [];
  const launcher = { launch: async () => ({ failures: [], submitted: null }) };
  const options = { preset: 'smoke' as const, out, log: (line: string) => lines.push(line) };
  const { table, failures } = await runExperiment(table4, options, launcher);
  return { row: table.rows.find(({ name }) => name === 'pixelcnn'), failures, lines };
}

it.each(['result.json', 'config.json'])('a damaged %s leaves its own run out of the table', async (name) => {
  await writeFile(join(run(0), name), 'x');
  const { row, failures } = await table();
  expect(row).toMatchObject({ test: 82, seeds: [1] });
  expect(JSON.parse(await readFile(join(out, 'table4', 'table.json'), 'utf8')).rows).toContainEqual(row);
  expect(failures).toEqual([
    {
      row: 'pixelcnn',
      seed: 0,
      message: expect.stringContaining(`${join(run(0), name)} should be what a run`),
    },
  ]);
  await expect(writeExperiment(table4, 'smoke', join(out, 'table4'))).rejects.toThrow('put the file back');
});

it.each([
  ['{"step": 1}\n', 'line 1: expected a metrics entry, got {"step": 1} ('],
  [null, 'ENOENT'],
])('a log that is damaged or gone (%j) costs its curve alone', async (text, why) => {
  const log = join(run(0), 'metrics.jsonl');
  if (text === null) await rm(log);
  else await writeFile(log, text);
  const { row, failures } = await table();
  expect(row).toMatchObject({ test: 81.5, seeds: [0, 1] });
  expect(failures).toHaveLength(1);
  expect(failures[0]?.message).toContain(`${log} should be the log of a run, but it is not (`);
  expect(failures[0]?.message).toContain(why);
  expect(failures[0]?.message).toMatch(/^[^\n]*use --fresh to run anew\.$/);
  expect(existsSync(join(out, 'table4', 'curve.png'))).toBe(true);
  await expect(writeExperiment(table4, 'smoke', join(out, 'table4'))).rejects.toThrow('put the file back');
});

it('an empty log has no curve, with a line about it', async () => {
  for (const seed of [0, 1]) await writeFile(join(run(seed), 'metrics.jsonl'), '');
  const { row, failures, lines } = await table();
  expect(row?.seeds).toEqual([0, 1]);
  expect(failures).toEqual([]);
  expect(lines.filter((line) => line.includes('no curve'))).toHaveLength(2);
  expect(existsSync(join(out, 'table4', 'curve.png'))).toBe(false);
});
