import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from './testing/temporaryFolder.js';

it("runs the README's example", async () => {
  const folder = await temporaryFolder();
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] as string;
  const path = join(folder, 'example.ts');
  const index = pathToFileURL(join(import.meta.dirname, 'index.ts')).href;
  await writeFile(
    path,
    `const folder = ${JSON.stringify(folder)};\n${example.replace("'@pixelrnn/files'", JSON.stringify(index))}`,
  );
  await import(path);
  expect(await readFile(join(folder, 'result.json'), 'utf8')).toBe('{"nats": 81.3}\n');
  expect(await readdir(folder)).not.toContain('lock.json');
});
