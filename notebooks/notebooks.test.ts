import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { experiments } from '@pixelrnn/experiments';
import { beforeAll, describe, expect, it } from 'vitest';
import { executeNotebook } from '../scripts/notebooks/execute.js';
import { complaints, joined, type Notebook, readNotebook } from '../scripts/notebooks/notebookFile.js';
import { notebooksIn } from '../scripts/notebooks/notebooksCommand.js';
// @ts-expect-error: a plain script, with JSDoc types only
import { findPython } from '../scripts/venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'notebooks');
const notebooks = await notebooksIn(folder);
/** All of them take minutes: the slow suite executes them, `npm test` the one that shows most of what there is. */
const executed = process.env.PIXELRNN_NOTEBOOKS === 'all' ? notebooks : ['table4.ipynb'];

const codeOf = ({ cells }: Notebook) => cells.filter(({ cell_type }) => cell_type === 'code');
const outputsOf = (notebook: Notebook) => codeOf(notebook).flatMap(({ outputs = [] }) => outputs);

/** What a healthy notebook has: every cell ran, in order, nothing failed or was told on stderr, and there is a picture. */
function expectHealthy(notebook: Notebook): void {
  const code = codeOf(notebook);
  expect(code.map(({ execution_count }) => execution_count)).toEqual(code.map((_, i) => i + 1));
  expect(complaints(notebook)).toEqual([]);
  const pictures = outputsOf(notebook).filter(({ data }) => data?.['image/png'] ?? data?.['image/svg+xml']);
  expect(pictures.length).toBeGreaterThan(0);
  for (const { data } of pictures) {
    expect(joined(data?.['text/plain'] as string), 'a picture needs words').toMatch(/^\S+ .{20,}|^Image: /);
  }
}

it('there is one for each experiment, a tour, and one for a layer of your own', () => {
  const expected = ['00-tour', 'own-layer', ...experiments.map(({ id }) => id)];
  expect(notebooks.map((name) => name.replace(/\.ipynb$/, ''))).toEqual(expect.arrayContaining(expected));
});

describe.each(notebooks)('%s, as committed,', (name) => {
  const path = join(folder, name);

  it('is executed and healthy', async () => expectHealthy(await readNotebook(path)));

  it('is small, and keeps no progress lines, which hold times', async () => {
    expect((await stat(path)).size).toBeLessThan(1e6);
    expect(outputsOf(await readNotebook(path)).filter(({ metadata }) => metadata?.progress)).toEqual([]);
  });

  it('has short lines and no any', async () => {
    const lines = codeOf(await readNotebook(path)).flatMap(({ source }) => joined(source).split('\n'));
    expect(lines.filter((line) => line.length > 100 || /\bany\b/.test(line))).toEqual([]);
  });

  it('has the parts of the skeleton', async () => {
    const { cells } = await readNotebook(path);
    const text = cells
      .filter(({ cell_type }) => cell_type === 'markdown')
      .map(({ source }) => joined(source));
    expect(text[0]).toMatch(/^# /);
    if (!experiments.some(({ id }) => `${id}.ipynb` === name)) return;
    for (const part of ['## Committed results', '## A small run', '## Change this and see']) {
      expect(
        text.some((one) => one.startsWith(part)),
        part,
      ).toBe(true);
    }
  });
});

describe.skipIf(!findPython())('executed by the kernel', () => {
  beforeAll(() => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-b', 'tsconfig.build.json'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status, stdout).toBe(0);
  });

  it.concurrent.for(executed)('%s', { timeout: 900_000 }, async (name, { expect: check }) => {
    const notebook = await executeNotebook(join(folder, name));
    expectHealthy(notebook);
    check(codeOf(notebook).length).toBeGreaterThan(0);
  });
});
