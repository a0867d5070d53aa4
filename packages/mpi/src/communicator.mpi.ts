import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, test } from 'vitest';
import { mpirun } from './testing/mpirun.js';

const program = fileURLToPath(new URL('testing/sumProgram.ts', import.meta.url));

test('three ranks sum, agree, broadcast and gather, to the same numbers on each', async () => {
  const { code, stdout, stderr } = await mpirun(3, [program]).ended;
  expect(code, stderr).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ rank }) => rank).sort()).toEqual([0, 1, 2]);
  // Weights 1/3, 2/3 and 3/3 of 0, 1 and 2; twice the others; of 1, 2 and 3.
  const sums = [
    [
      [2, 2],
      [8 / 3, 20, 40, 60],
    ],
    [[], [14 / 3]],
    [[0, 3], []],
  ];
  for (const { found } of lines) {
    expect(found).toEqual({ ...lines[0].found });
    for (const way of ['inPlace', 'onHost'] as const) {
      for (const [i, [shape, values]] of found[way].entries()) {
        expect(shape).toEqual(sums[i]?.[0]);
        (values as number[]).forEach(
          (value, j) => void expect(value).toBeCloseTo(sums[i]?.[1]?.[j] as number, 5),
        );
      }
    }
    expect(found.inPlace).toEqual(found.onHost);
  }
  expect(lines[0].found).toMatchObject({
    left: 0,
    agreed: 7,
    broadcast: [7, 8, 9],
    gathered: [[], [1], [2, 2]],
    again: true,
  });
});

test('under mpirun without a built MPI there is one sentence, and exit code 1', async () => {
  const { code, stdout, stderr } = await mpirun(2, [program], { PIXELRNN_CACHE_DIR: await temporaryFolder() })
    .ended;
  expect([code, stdout]).toEqual([1, '']);
  const sentence =
    /mpirun started this as rank 0 of 2, but MPI is not built on \S+: run pnpm engine install --mpi/g;
  expect(stderr.match(sentence)).toHaveLength(1);
  expect(stderr).not.toContain('rank 1 of 2');
});
