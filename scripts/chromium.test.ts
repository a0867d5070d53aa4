import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, expect, test, vi } from 'vitest';
// @ts-expect-error: a plain script, with JSDoc types only
import { chromiumOptions, findChromium } from './chromium.mjs';

afterEach(() => vi.unstubAllEnvs());

test('the one that is named comes before those in PATH, and only programs count', async () => {
  const [empty, folder] = [await temporaryFolder(), await temporaryFolder()];
  const path = join(folder, 'google-chrome');
  await writeFile(path, '');
  vi.stubEnv('PIXELRNN_CHROMIUM', '');
  vi.stubEnv('PATH', [empty, folder].join(delimiter));
  expect(findChromium()).toBeNull();
  expect(() => chromiumOptions()).toThrow(/Chromium is needed.*PIXELRNN_CHROMIUM/);
  await chmod(path, 0o755);
  expect(findChromium()).toBe(path);
  vi.stubEnv('PIXELRNN_CHROMIUM', '/opt/chromium');
  expect(chromiumOptions()).toMatchObject({ executablePath: '/opt/chromium' });
});
