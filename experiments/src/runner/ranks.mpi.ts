import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { mpirun } from '@pixelrnn/mpi/testing';
import { expect, test } from 'vitest';
import { readResult } from './runFiles.js';

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
const args = ['table4', '--preset', 'smoke', '--rows', 'pixelcnn'];
const tiny = [
  'steps=4',
  'data="seeded"',
  'validImages=20',
  'testImages=150',
  'samples=1',
  'optimizer="adam"',
];
const settings = [...tiny, 'learningRate=1e-4'].flatMap((each) => ['--set', each]);

test('two ranks train, evaluate and report as one process does; rank 1 writes and says nothing', async () => {
  const [one, two] = await Promise.all([temporaryFolder(), temporaryFolder()]);
  const run = (ranks: number, out: string) => mpirun(ranks, [cli, ...args, ...settings, '--out', out]).ended;
  const alone = await run(1, one);
  const together = await run(2, two);
  expect(alone.code, alone.stderr).toBe(0);
  expect(together.code, together.stderr).toBe(0);
  expect(together.stdout.match(/Table, plots and runs/g)).toHaveLength(1);
  expect(together.stderr.match(/evaluating/g)).toHaveLength(1);
  expect(together.stderr.match(/^Engine: /gm)).toHaveLength(1);
  const folder = (out: string) => join(out, 'table4', 'runs', 'pixelcnn', 'seed-0');
  const [expected, result] = [await readResult(folder(one)), await readResult(folder(two))];
  expect(result).toMatchObject({ steps: 4, testImages: 150, parameters: expected?.parameters });
  for (const key of ['test', 'valid', 'testStandardError'] as const) {
    expect(Math.abs((result?.[key] as number) / (expected?.[key] as number) - 1), key).toBeLessThan(1e-5);
  }
  expect(await readdir(folder(two))).toEqual(await readdir(folder(one)));
  // Finished: nothing is trained again, by any number of ranks.
  const again = await run(2, two);
  expect([again.code, again.stderr.match(/already done/g)?.length]).toEqual([0, 1]);
});

test.each([
  [['--jobs', '2'], /pnpm exp: --jobs trains runs side by side, MPI one run after the other/g],
  [['--rows', 'pixelcmm'], /pnpm exp: Row pixelcmm of table4 is not known/g],
  [['--try', 'h=2', '--steps', '1'], /pnpm exp: --try trains in one process: start it without MPI/g],
])('wrong usage %j: one sentence, exit code 2', async (wrong, sentence) => {
  const { code, stderr } = await mpirun(2, [cli, ...args, ...wrong]).ended;
  expect(code, stderr).toBe(2);
  expect(stderr.match(sentence), stderr).toHaveLength(1);
});
