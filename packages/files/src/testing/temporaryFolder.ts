import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

const prefix = join(tmpdir(), 'pixelrnn-test-');

/** An empty folder that goes away with the test that asks for it, in its body or in a `beforeEach`. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(prefix);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty folder that goes away with all tests of the file or `describe` in which it is asked for. */
export function suiteFolder(): string {
  const folder = mkdtempSync(prefix);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
