import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '@pixelrnn/files';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { writeWheel } from '../testing/fakeWheel.js';
import { downloadWheel, type FetchWheel, fetchWithPip } from './downloadWheel.js';
import { installFromWheel, provideTensorflow } from './installFromWheel.js';
import { platformId } from './platform.js';
import { unpackWheel } from './unpackWheel.js';
import { isNeeded, wheelSets } from './wheels.js';

const wanted = {
  'tensorflow/libtensorflow_cc.so.2': 'the library',
  'tensorflow/libtensorflow_framework.so.2': 'the framework',
  'tensorflow/include/tensorflow/c/c_api.h': '#pragma once',
  'tensorflow/include/tensorflow/c/eager/c_api.h': '#pragma once',
  'tensorflow/include/tsl/platform/ctstring.h': '#pragma once',
  'nvidia/cudnn/lib/libcudnn.so.9': 'cudnn',
  'nvidia/cuda_nvcc/bin/ptxas': 'ptxas',
  'nvidia_cudnn_cu12-9.28.0.42.dist-info/licenses/License.txt': 'licence',
};

const unwanted = {
  'tensorflow/__init__.py': 'python',
  'tensorflow/python/_pywrap_tfe.so': 'python',
  'tensorflow/include/tensorflow/core/framework/op.h': 'C++',
  'tensorflow/include/external/llvm-project/mlir/x.h': 'C++',
  'nvidia/cudnn/include/cudnn.h': 'header',
  'tensorflow/lite/libtensorflow_cc.so.2': 'elsewhere',
};

const modes = { 'nvidia/cuda_nvcc/bin/ptxas': 0o755 };

afterEach(() => {
  vi.unstubAllEnvs();
});

const copyOf =
  (path: string): FetchWheel =>
  async (_, folder) => {
    const copy = join(folder, 'fetched.whl');
    await copyFile(path, copy);
    return copy;
  };

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test('only the needed files leave the wheel, with content and mode', async () => {
  const folder = await temporaryFolder();
  const { path } = await writeWheel(folder, { ...wanted, ...unwanted }, modes);
  const into = join(folder, 'unpacked');
  await unpackWheel(path, into, isNeeded);
  expect(filesBelow(into)).toEqual(Object.keys(wanted).sort());
  for (const [name, content] of Object.entries(wanted)) {
    expect(readFileSync(join(into, name), 'utf8')).toBe(content);
    expect(statSync(join(into, name)).mode & 0o111).toBe(name.endsWith('ptxas') ? 0o111 : 0);
  }
});

test('a wheel that is damaged, or has nothing of use, is refused', async () => {
  const folder = await temporaryFolder();
  const { path } = await writeWheel(folder, unwanted);
  await expect(unpackWheel(path, folder, isNeeded)).rejects.toThrow(
    'holds none of the files that TensorFlow needs',
  );
  await truncate(path, 100);
  await expect(unpackWheel(path, folder, isNeeded)).rejects.toThrow(`${path} cannot be unpacked: `);
});

test.each([
  ['another content', (path: string) => writeFile(path, 'x', { flag: 'r+' })],
  ['half of it', (path: string) => truncate(path, 200)],
])('a download with %s is refused and removed', async (_, damage) => {
  const folder = await temporaryFolder();
  const { path, wheel } = await writeWheel(folder, wanted);
  await damage(path);
  const into = join(folder, 'into');
  await mkdir(into);
  await expect(downloadWheel(wheel, into, copyOf(path))).rejects.toThrow(
    new RegExp(
      `expected ${wheel.bytes} bytes with SHA-256 ${wheel.sha256}, got \\d+ bytes with [0-9a-f]{64}\\. It was removed`,
    ),
  );
  expect(readdirSync(into)).toEqual([]);
});

test('a libtensorflow is fetched once, checked and kept without the wheel', async () => {
  const folder = await temporaryFolder();
  const { path, wheel } = await writeWheel(folder, { ...wanted, ...unwanted }, modes);
  const root = join(folder, 'cache', 'tensorflow-1.0-linux-x64');
  const set = { tensorflow: '1.0', wheels: [wheel], unpackedBytes: 1000 };
  const lines: string[] = [];
  for (let i = 0; i < 2; i++) await provideTensorflow(root, set, copyOf(path), (line) => lines.push(line));
  expect(lines).toEqual(['Fetching fake 1.0 (1 MB) with pip...']);
  expect(readManifest(root)?.about).toEqual({ tensorflow: '1.0', source: 'fake' });
  expect(filesBelow(root)).toEqual([...Object.keys(wanted), 'manifest.json'].sort());
  expect(readdirSync(join(folder, 'cache'))).toEqual(['tensorflow-1.0-linux-x64']);
});

test('a failed fetch, a wrong hash and a full disk leave nothing in the cache', async () => {
  const folder = await temporaryFolder();
  const { path, wheel } = await writeWheel(folder, wanted);
  const root = join(folder, 'cache', 'tensorflow-1.0-linux-x64');
  const provide = (fetchWheel: FetchWheel, sha256 = wheel.sha256, unpackedBytes = 1000) =>
    provideTensorflow(
      root,
      { tensorflow: '1.0', wheels: [{ ...wheel, sha256 }], unpackedBytes },
      fetchWheel,
      () => {},
    );
  const offline: FetchWheel = () => Promise.reject(new Error('offline'));
  await expect(provide(offline)).rejects.toThrow('offline');
  await expect(provide(copyOf(path), '0'.repeat(64))).rejects.toThrow('is not the expected file');
  await expect(provide(copyOf(path), wheel.sha256, 1e18)).rejects.toThrow('of free disk space and has');
  expect(existsSync(root)).toBe(false);
  expect(readdirSync(join(folder, 'cache'))).toEqual([]);
});

test('the table of wheels is well formed', () => {
  for (const { wheels, unpackedBytes } of Object.values(wheelSets)) {
    for (const { sha256, bytes } of wheels) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(bytes).toBeLessThan(unpackedBytes);
    }
  }
});

test('without Python nothing is fetched, and one sentence says so', async () => {
  const folder = await temporaryFolder();
  const { wheel } = await writeWheel(folder, wanted);
  vi.stubEnv('PATH', folder);
  await expect(fetchWithPip(wheel, folder)).rejects.toThrow(
    'Fetching fake needs Python 3 with pip: python3 is not installed, python is not installed.',
  );
});

test.runIf(process.platform !== 'win32')('pip that fails at a proxy has it named', async () => {
  const folder = await temporaryFolder();
  const { wheel } = await writeWheel(folder, wanted);
  const said =
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect to proxy.')'\nERROR: No matching distribution found for fake";
  const script = `#!/bin/sh\n[ "$3" = --version ] && exit 0\necho "${said}" >&2\nexit 1\n`;
  await writeFile(join(folder, 'python3'), script, { mode: 0o755 });
  vi.stubEnv('PATH', folder);
  for (const name of ['https_proxy', 'NO_PROXY', 'no_proxy']) vi.stubEnv(name, undefined);
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1');
  await expect(fetchWithPip(wheel, folder)).rejects.toThrow(
    'pip cannot fetch fake 1.0 through the proxy http://127.0.0.1:1 (HTTPS_PROXY): ERROR: No matching distribution',
  );
});

test.runIf(wheelSets[platformId()])('without a compiler nothing is fetched either', async () => {
  const cache = await temporaryFolder();
  vi.stubEnv('PIXELRNN_CACHE_DIR', cache);
  vi.stubEnv('CXX', join(cache, 'no-compiler'));
  const lines: string[] = [];
  await expect(installFromWheel(false, (line) => lines.push(line))).rejects.toThrow(
    `there is no C++ compiler: ${join(cache, 'no-compiler')} is not installed (CXX names it: unset it, or set it to another).`,
  );
  expect(lines).toEqual([]);
  expect(readdirSync(cache)).toEqual([]);
});
