import { readFile } from 'node:fs/promises';
import { loadEngine } from '@pixelrnn/engine';
import * as models from '@pixelrnn/models';
import { beforeAll, expect, it } from 'vitest';
import * as generation from './index.js';

beforeAll(() => loadEngine({ quiet: true }));

const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...values: unknown[]) => Promise<void>;

const modules = { '@pixelrnn/generation': generation, '@pixelrnn/models': models };

/** What the README's example prints; its imports become `modules`, its casts go. */
async function runExample(): Promise<string[]> {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const javascript = /```ts\n([\s\S]*?)```/
    .exec(readme)![1]!
    .replace(/import (?:type )?(?:\* as )?(\w+|\{[^}]*\}) from ('[^']+');/g, 'const $1 = modules[$2];')
    .replaceAll(/ as tf\.Tensor/g, '');
  const lines: string[] = [];
  await new AsyncFunction('modules', 'console', javascript)(modules, {
    log: (line: string) => lines.push(line),
  });
  return lines;
}

it('has a README whose example draws the image that its seed fixes, on every engine', async () => {
  expect(await runExample()).toEqual([
    '............',
    '..###..##...',
    '.##..#..##.#',
    '#..#..#.###.',
    '...#.##.##..',
    '#.###......#',
  ]);
});
