import { readdirSync } from 'node:fs';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tfjsNodePackage } from './folders.js';
import { installOfficial } from './installOfficial.js';

let cache: string;

beforeEach(async () => {
  cache = await temporaryFolder();
  vi.stubEnv('PIXELRNN_CACHE_DIR', cache);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** No mirror and no proxy. */
function forgetEnvironment(): void {
  const mirrors = ['TFJS_NODE_CDN_STORAGE', 'CDN_STORAGE', 'TFJS_NODE_BASE_URI'];
  const proxies = ['HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  for (const name of [...mirrors, ...proxies]) vi.stubEnv(name, undefined);
}

const onNode = (version: string) =>
  vi.spyOn(process, 'versions', 'get').mockReturnValue({ ...process.versions, node: version });

test('a Node that the prebuilt addon was not made for is refused', async () => {
  onNode('24.9.0');
  await expect(installOfficial(false)).rejects.toThrow('it is made for Node 16 to 22, this is 24.9.0');
});

test.each([
  [
    () => Promise.reject(new TypeError('fetch failed', { cause: new Error('no such host') })),
    'is out of reach (no such host)',
  ],
  [
    () => Promise.resolve(new Response(null, { status: 404 })),
    'has no prebuilt addon for this platform (HTTP 404)',
  ],
])('a host that does not deliver costs one request and leaves nothing', async (answer, reason) => {
  onNode('20.19.0');
  forgetEnvironment();
  const fetch = vi.fn<(address: string) => Promise<Response>>(answer);
  vi.stubGlobal('fetch', fetch);
  await expect(installOfficial(false)).rejects.toThrow(reason);
  expect(fetch).toHaveBeenCalledOnce();
  expect(readdirSync(cache)).toEqual([]);
});

test('a proxy that is out of reach is named', async () => {
  onNode('20.19.0');
  forgetEnvironment();
  vi.stubEnv('HTTPS_PROXY', 'http://me:secret@127.0.0.1:1'); // nobody listens there
  await expect(installOfficial(false)).rejects.toThrow(
    /^storage\.googleapis\.com is out of reach through the proxy http:\/\/127\.0\.0\.1:1 \(HTTPS_PROXY\) \(.*ECONNREFUSED/,
  );
  expect(readdirSync(cache)).toEqual([]);
});

test('a failing install script leaves nothing, in the cache or in the package', async () => {
  onNode('20.19.0');
  vi.stubEnv('TFJS_NODE_CDN_STORAGE', 'http://127.0.0.1:1/'); // nobody listens there
  const { folder } = tfjsNodePackage(false)!;
  const before = readdirSync(folder);
  await expect(installOfficial(false)).rejects.toThrow('its install script failed: ');
  expect(readdirSync(cache)).toEqual([]);
  expect(readdirSync(folder)).toEqual(before);
});
