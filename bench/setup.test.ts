import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BenchError } from './benchError.js';
import { findPython } from './setup.js';

const path = process.env.PATH;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-setup-'));
  process.env.PATH = folder;
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

function install(name: string, version: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho '${version}'\n`, { mode: 0o755 });
}

it('takes the first Python that is new enough', () => {
  install('python3', 'Python 3.10.4');
  install('python', 'Python 3.14.0rc1');
  expect(findPython()).toBe('python');
  install('python3', 'Python 3.11.0');
  expect(findPython()).toBe('python3');
});

it('says which Python is needed and which is there', () => {
  expect(findPython).toThrow('Python 3.11 or newer is needed for the peers, none is installed');
  install('python3', 'Python 3.9.2');
  expect(findPython).toThrow('this is 3.9.2');
  expect(findPython).toThrow(BenchError);
});
