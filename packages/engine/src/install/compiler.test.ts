import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeWheel } from '../testing/fakeWheel.js';
import { provideCompiler, provideZig } from './compiler.js';
import type { FetchWheel } from './downloadWheel.js';
import { platformId } from './platform.js';
import { zigWheels } from './wheels.js';

let cache: string;

beforeEach(async () => {
  cache = await temporaryFolder();
  vi.stubEnv('PIXELRNN_CACHE_DIR', cache);
  vi.stubEnv('CXX', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test('CXX comes first, and is not passed over where it does not run', async () => {
  vi.stubEnv('CXX', process.execPath);
  expect(await provideCompiler()).toMatchObject({ command: process.execPath, args: [] });
  vi.stubEnv('CXX', join(cache, 'absent'));
  await expect(provideCompiler()).rejects.toThrow(
    `there is no C++ compiler: ${join(cache, 'absent')} is not installed (CXX names it: unset it, or set it to another).`,
  );
  expect(readdirSync(cache)).toEqual([]);
});

test('with neither compiler nor Python one sentence tells of both', async () => {
  vi.stubEnv('PATH', cache);
  await expect(provideCompiler()).rejects.toThrow(
    'there is no C++ compiler: c++ is not installed, and ziglang, which has one, cannot be had: Fetching ziglang needs Python 3 with pip: python3 is not installed, python is not installed.',
  );
});

test.runIf(process.platform !== 'win32')('ziglang is fetched once and compiles as `zig c++`', async () => {
  const folder = await temporaryFolder();
  const files = { 'ziglang/zig': '#!/bin/sh\necho "$@" in $ZIG_GLOBAL_CACHE_DIR', 'ziglang/lib/a.h': 'a' };
  const { path, wheel } = await writeWheel(folder, { ...files, 'other/file': 'b' }, { 'ziglang/zig': 0o755 });
  const fetchWheel: FetchWheel = async (_, into) => {
    const copy = join(into, 'fetched.whl');
    await copyFile(path, copy);
    return copy;
  };
  const lines: string[] = [];
  const first = await provideZig(wheel, fetchWheel, (line) => lines.push(line));
  const again = await provideZig(
    wheel,
    () => Promise.reject(new Error('fetched twice')),
    () => {},
  );
  expect(again).toEqual(first);
  expect(lines).toEqual(['No C++ compiler here: fetching fake 1.0 (1 MB) with pip...']);
  const { command, args, env } = first;
  expect(execFileSync(command, [...args, 'x.cc'], { env, encoding: 'utf8' })).toBe(
    `c++ x.cc in ${join(cache, 'zig-objects')}\n`,
  );
  const kept = readdirSync(join(cache, `zig-1.0-${platformId()}`), { recursive: true }).sort();
  expect(kept).toEqual(['manifest.json', 'ziglang', 'ziglang/lib', 'ziglang/lib/a.h', 'ziglang/zig']);
});

test('a platform without a wheel is told so', async () => {
  await expect(
    provideZig(
      undefined,
      () => Promise.reject(new Error('asked')),
      () => {},
    ),
  ).rejects.toThrow(`there is no wheel for ${platformId()}`);
});

test('the table of wheels is well formed', () => {
  for (const { sha256, project } of Object.values(zigWheels)) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(project).toBe('ziglang');
  }
});
