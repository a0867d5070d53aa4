import { readFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import * as cell from './index.js';

it("the README's example says how far it is, and at last that it is done", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/
    .exec(readme)![1]!
    .replace(/import (.*) from '.*';/, 'const $1 = cell;');
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  new Function('cell', example)(cell);
  const lines = said.mock.calls.map(([line]) => String(line));
  vi.restoreAllMocks();
  expect(lines[0]).toMatch(/^weighed 1 of 3 stones {2}/);
  expect(lines.at(-1)).toMatch(/^weighed 3 of 3 stones {2}[\d.,]+ stones\/s {2}0:00$/);
});
