import { readFileSync } from 'node:fs';
import { loadEngine } from '@pixelrnn/engine';
import { expect, test, vi } from 'vitest';
import { kernelsInUse } from './dispatch/choice.js';
import { encodePlan } from './plan/serialize.js';
import { planInputs, planOf } from './testing/plans.js';
import { drawImages } from './testing/readmePlanExample.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the example of the README does what it says', async () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? [];
  expect(example).toBe(read('testing/readmeExample.ts'));
  await loadEngine({ quiet: true });
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('./testing/readmeExample.js');
  expect(log.mock.calls).toEqual([[kernelsInUse(), [0, 2, 20]]]);
});

test('the example of plans draws images', async () => {
  const [, example] = read('../README.md').match(/(?<=```ts\n).*?(?=```)/gs) ?? [];
  expect(example).toBe(read('testing/readmePlanExample.ts'));
  const plan = planOf('convolutions', { height: 3, width: 4, colors: 1, levels: 8 }, 1);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  log.mockClear();
  const images = await drawImages(encodePlan(plan), 5, planInputs(plan, 5, 1).uniforms);
  expect(log.mock.calls).toEqual([['4 of 12 pixels'], ['8 of 12 pixels'], ['12 of 12 pixels']]);
  expect(new Set(images).size).toBe(8);
});
