import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, type Zippable, zipSync } from 'fflate';
import type { Wheel } from '../install/wheels.js';

/** Writes a wheel with these files; `modes` overrides 0644. */
export async function writeWheel(
  folder: string,
  files: Readonly<Record<string, string>>,
  modes: Readonly<Record<string, number>> = {},
): Promise<{ path: string; wheel: Wheel }> {
  const path = join(folder, 'fake-1.0-py3-none-any.whl');
  const entries: Zippable = {};
  for (const [name, content] of Object.entries(files)) {
    entries[name] = [strToU8(content), { os: 3, attrs: (0o100000 | (modes[name] ?? 0o644)) << 16 }];
  }
  const content = zipSync(entries);
  await writeFile(path, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, wheel: { project: 'fake', version: '1.0', tag: 'any', bytes: content.length, sha256 } };
}
