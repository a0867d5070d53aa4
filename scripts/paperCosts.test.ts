import { readFile } from 'node:fs/promises';
import { loadEngine } from '@pixelrnn/engine';
import { table4 } from '@pixelrnn/experiments';
import { beforeAll, expect, it } from 'vitest';
import { costLines } from './paperCosts.js';

beforeAll(() => loadEngine({ quiet: true }));

it("docs/cluster.md has the costs of Table 4's rows as they are", async () => {
  const text = await readFile(new URL('../docs/cluster.md', import.meta.url), 'utf8');
  const squeezed = text.replace(/ +/g, ' ').split('\n');
  const lines = [...costLines(table4)];
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(squeezed).toContain(line);
  // Two products for each live weight and position, three times over, but once less at the input.
  expect(lines[0]).toContain('| `table4` pixelcnn | 27,489 | 16 | 312,500 | 5.0e+6 | 0.0014 |');
});
