import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { serveSite } from './serveSite.js';
import { runSite } from './siteCommand.js';
import { SiteError } from './siteError.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Runs `pnpm site` in this process: exit code and stderr. */
async function run(...args: string[]): Promise<[code: number, stderr: string]> {
  let stderr = '';
  vi.spyOn(console, 'error').mockImplementation((line) => {
    stderr += `${line}\n`;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  return [await runSite(args), stderr];
}

test.each([
  [['--foo'], "unknown option '--foo'"],
  [['--port', 'abc'], 'Expected a port from 0 to 65535.'],
  [['more'], 'too many arguments'],
  [['--out'], "option '--out <dir>' argument missing"],
])('%j is wrong usage', async (args, message) => {
  const [code, stderr] = await run(...args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test('--help is none', async () => {
  expect(await run('--help')).toEqual([0, '']);
});

test('a folder that cannot be written is said before the site is built', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  for (const out of ['file', 'file/x', '\0']) {
    const [code, stderr] = await run('--out', join(folder, out), '--results', folder);
    expect(stderr).toMatch(
      /^pnpm site: .* should be a folder to write into, but that gave [A-Z_]+: give another one\.\n$/s,
    );
    expect(code).toBe(1);
  }
});

test('results that are not there make no empty page', async () => {
  const folder = await temporaryFolder();
  const empty = join(folder, 'empty');
  await mkdir(empty);
  for (const results of [join(folder, 'none'), empty]) {
    const [code, stderr] = await run('--out', join(folder, 'site'), '--results', results);
    expect(stderr).toBe(
      `pnpm site: ${results} holds no results: expected a folder such as results/, with a folder for each experiment.\n`,
    );
    expect(code).toBe(1);
  }
  expect(await readdir(join(folder, 'site'))).toEqual([]);
});

test('damaged results are a sentence', async () => {
  const folder = await temporaryFolder();
  const results = join(folder, 'results');
  await mkdir(join(results, 'table4'), { recursive: true });
  await writeFile(join(results, 'table4', 'table.json'), '{"metric": ');
  const [code, stderr] = await run('--out', join(folder, 'site'), '--results', results);
  expect(stderr).toMatch(/^pnpm site: \S*table4\/table\.json is damaged \(/);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(1);
});

test('an engine that there is not is wrong usage', async () => {
  vi.stubEnv('PIXELRNN_ENGINE', 'foo');
  const folder = await temporaryFolder();
  const [code, stderr] = await run('--out', join(folder, 'site'));
  expect(stderr).toMatch(/^pnpm site: .*PIXELRNN_ENGINE/);
  expect(code).toBe(2);
});

test('a port that is taken is a sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => taken.once('listening', listening));
  const { port } = taken.address() as AddressInfo;
  try {
    await expect(serveSite(await temporaryFolder(), port)).rejects.toThrow(
      new SiteError(`Port ${port} is taken: give --port another, or 0 for a free one.`),
    );
  } finally {
    taken.close();
  }
});
