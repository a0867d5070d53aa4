import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { loadBinarizedMnist } from './index.js';

const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

it('has a README whose example runs and prints what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\nimport \{ loadBinarizedMnist \} from '@pixelrnn\/data';\n([\s\S]*?)```/.exec(
    readme,
  )![1]!;
  const lines: string[] = [];
  const run = new AsyncFunction('loadBinarizedMnist', 'console', example);
  await run(loadBinarizedMnist, { log: (line: string) => lines.push(line) });
  expect(lines).toEqual([
    'binarized MNIST (seeded binarization): 50000 + 10000 images; 12544 values, 16x28x28x1',
  ]);
});
