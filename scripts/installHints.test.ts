import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, onTestFinished, test } from 'vitest';
// @ts-expect-error: a plain script, with JSDoc types only
import { installHints } from './installHints.mjs';

test('a usual home and no proxy need no hint', async () => {
  expect(installHints(await temporaryFolder(), {})).toEqual(['Then run it again.']);
});

test('a home that cannot be written is told, with what to set', async () => {
  const home = await temporaryFolder();
  await chmod(home, 0o500);
  onTestFinished(() => chmod(home, 0o700));
  // Root writes anywhere; a folder that is not there stands for one that cannot be written.
  const tried = process.getuid?.() === 0 ? join(home, 'absent') : home;
  expect(installHints(tried, {})).toEqual([
    expect.stringMatching(
      /^The home folder .* cannot be written \(E[A-Z]+\), and .*: set HOME to a folder that can, /,
    ),
    'Then run it again.',
  ]);
});

test('a proxy is named without its password', async () => {
  const env = { HTTPS_PROXY: 'http://me:secret@proxy:3128', HTTP_PROXY: 'http://other:1' };
  expect(installHints(await temporaryFolder(), env)).toEqual([
    'npm and pnpm go through the proxy http://proxy:3128 (HTTPS_PROXY): check that it is reached, or unset HTTPS_PROXY.',
    'Then run it again.',
  ]);
});
