import { readFile } from 'node:fs/promises';
import * as data from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import * as models from '@pixelrnn/models';
import { beforeAll, expect, it } from 'vitest';
import * as training from './index.js';

beforeAll(() => loadEngine({ quiet: true }));

const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...values: unknown[]) => Promise<void>;

const modules = { '@pixelrnn/data': data, '@pixelrnn/models': models, '@pixelrnn/training': training };

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

it('has a README whose example trains to near the best there is', async () => {
  const lines = await runExample();
  const nats = /^11 entries logged; 64 images, (\d+\.\d\d) nats each$/.exec(lines.join('\n'))![1]!;
  expect(Number(nats)).toBeGreaterThanOrEqual(0.69);
  expect(Number(nats)).toBeLessThan(0.9);
});
