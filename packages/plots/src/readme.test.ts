import { readFile } from 'node:fs/promises';
import { temporaryFolder } from '@pixelrnn/files/testing';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import * as plots from './index.js';

const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...args: unknown[]) => Promise<void>;

test('the example of the README runs and writes what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const body = example.replace(/import (\{[^}]*\}) from '@pixelrnn\/plots';/, 'const $1 = plots;');
  const start = process.cwd();
  const folder = await temporaryFolder();
  process.chdir(folder);
  try {
    await new AsyncFunction('plots', body)(plots);
    expect(await sharp('out/curve.png').metadata()).toMatchObject({ format: 'png' });
    expect(await readFile('out/curve.html', 'utf8')).toContain('PixelCNN (paper): 81.30');
    expect(await readFile('out/mask.svg', 'utf8')).toContain('class="cells"');
  } finally {
    process.chdir(start);
  }
});
