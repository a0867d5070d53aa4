import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import * as notebook from './index.js';

const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...values: unknown[]) => Promise<void>;

it("the README's example prints what it says", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/
    .exec(readme)![1]!
    .replace(/import (.*) from '.*';/, 'const $1 = notebook;');
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await new AsyncFunction('notebook', 'console', example)(notebook, { log });
  expect(lines).toEqual(['PixelCNN: 10 steps, 1568 pixels drawn']);
  expect(readme).toContain(`It prints \`${lines[0]}\``);
});
