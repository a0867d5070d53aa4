import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fakeServer, status, whole } from '../testing/fakeServer.js';
import { dataErrorOf, specOf } from '../testing/samples.js';
import { download } from './download.js';

const content = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7) % 253);
const url = 'http://nowhere.invalid/f';

const start = (folder: string) =>
  download({ file: { ...specOf('f', content), url }, folder, attempts: 1, stallMilliseconds: 5000 });

beforeEach(() => {
  for (const name of ['http_proxy', 'NO_PROXY', 'no_proxy']) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

it('goes through the proxy that the environment names, also where it goes on', async () => {
  const { url: proxy, ranges } = await fakeServer(whole(content)); // it gives what it is asked for itself
  vi.stubEnv('HTTP_PROXY', proxy);
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'f.part'), content.subarray(0, 1000));
  await start(folder);
  expect(Buffer.compare(await readFile(join(folder, 'f')), content)).toBe(0);
  expect(ranges).toEqual(['bytes=1000-']);
});

it.each([
  ['that nobody listens at', undefined, 'the connection failed (ECONNREFUSED)'],
  ['that wants a password', 407, 'the proxy answered with status 407, so it wants a name and a password'],
  ['that refuses', 403, 'the server answered with status 403'],
])('names a proxy %s, without its password', async (_, refusal, reason) => {
  const address = refusal ? (await fakeServer(status(refusal))).url.slice(7, -1) : '127.0.0.1:1';
  vi.stubEnv('HTTP_PROXY', `http://me:secret@${address}`);
  const { code, message } = await dataErrorOf(async () => start(await temporaryFolder()));
  expect(code).toBe('network');
  expect(message).toContain(`should come from ${url} through the proxy http://${address} (HTTP_PROXY), but `);
  expect(message).toContain(reason);
  expect(message).not.toContain('secret');
});
