import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
// @ts-expect-error: a plain script, with JSDoc types only
import { findPython } from '../scripts/venv.mjs';

interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
}
interface Notebook {
  cells: { cell_type: string; source: string[]; outputs?: Output[] }[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'notebooks');
const notebooks = (await readdir(folder)).filter((name) => name.endsWith('.ipynb'));

const run = (command: string, args: string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  expect(status, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`).toBe(0);
};

/** What a healthy notebook has: output under every cell that shows something, a picture, no stderr and no error. */
function expectHealthy({ cells }: Notebook): void {
  const code = cells.filter(({ cell_type }) => cell_type === 'code');
  for (const { source, outputs = [] } of code) {
    const shows = /console\.log|display(Figure|Image)\(/.test(source.join(''));
    expect(outputs.length > 0, source.join('')).toBe(shows);
  }
  const outputs = code.flatMap(({ outputs = [] }) => outputs);
  // On stderr the kernel says what was thrown by a cell that had ended.
  const complaints = outputs.filter(({ output_type, name }) => output_type === 'error' || name === 'stderr');
  expect(complaints).toEqual([]);
  expect(outputs.filter(({ data }) => data?.['image/png']).length).toBeGreaterThan(0);
}

describe('notebooks', () => {
  it.each(notebooks)('%s, as committed, is executed and healthy', async (name) => {
    expectHealthy(JSON.parse(await readFile(join(folder, name), 'utf8')));
  });

  it.for(notebooks)('%s runs through the tslab kernel', { timeout: 600_000 }, async (name, { skip }) => {
    if (!findPython()) skip('Python 3 is not installed: notebooks cannot be executed here');
    run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'tsconfig.build.json']);
    const out = await mkdtemp(join(tmpdir(), 'pixelrnn-notebooks-'));
    try {
      run(process.execPath, ['scripts/notebooks.mjs', name, '--out', out]);
      expectHealthy(JSON.parse(await readFile(join(out, name), 'utf8')));
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  });
});
