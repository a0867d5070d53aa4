import { readFileSync } from 'node:fs';
import { loadEngine } from '@pixelrnn/engine';
import { expect, test, vi } from 'vitest';
import { kernelsInUse } from './dispatch/choice.js';

test('the example of the README does what it says', async () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const [, example] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? [];
  expect(example).toBe(read('testing/readmeExample.ts'));
  await loadEngine({ quiet: true });
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('./testing/readmeExample.js');
  expect(log.mock.calls).toEqual([[kernelsInUse(), [0, 2, 20]]]);
});
