import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { installWheel } from '../testing/fakeInstallation.js';
import { tensorflowFolder } from './folders.js';
import { type InstallAttempt, tryWays, whatIsLeft } from './installEngine.js';
import { gpuModels, unsupportedReason } from './platform.js';

beforeEach(async () => {
  vi.stubEnv('PIXELRNN_CACHE_DIR', await temporaryFolder());
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const works = async () => '2.21.0';
const fails = (reason: string) => () => Promise.reject(new Error(reason));

test('the first way that works ends the search', async () => {
  const attempts: InstallAttempt[] = [];
  expect(await tryWays({ wheel: works, official: fails('never asked') }, false, attempts, () => {})).toBe(
    true,
  );
  expect(attempts).toEqual([{ way: 'wheel', gpu: false, tensorflow: '2.21.0', reason: '' }]);
});

test('a way that fails is recorded with its reason, and the next one tried', async () => {
  const attempts: InstallAttempt[] = [];
  expect(await tryWays({ wheel: fails('no compiler'), official: works }, true, attempts, () => {})).toBe(
    true,
  );
  expect(attempts).toEqual([
    { way: 'wheel', gpu: true, tensorflow: null, reason: 'no compiler' },
    { way: 'official', gpu: true, tensorflow: '2.21.0', reason: '' },
  ]);
});

test('where no way works that is told, not thrown', async () => {
  const attempts: InstallAttempt[] = [];
  const ways = { official: fails('no host'), wheel: fails('no compiler') };
  expect(await tryWays(ways, false, attempts, () => {})).toBe(false);
  expect(attempts.map(({ reason }) => reason)).toEqual(['no compiler', 'no host']);
});

test.runIf(tensorflowFolder(true))(
  'where no way works the build for GPUs is used if it is there, else WebAssembly',
  async () => {
    const attempts: InstallAttempt[] = [
      { way: 'wheel', gpu: false, tensorflow: null, reason: 'no network.' },
    ];
    const lines: string[] = [];
    expect(whatIsLeft(attempts, (line) => lines.push(line))).toBeNull();
    await installWheel(true);
    expect(whatIsLeft(attempts, (line) => lines.push(line))).toMatchObject({ version: '2.21.0', gpu: true });
    expect(lines).toEqual([
      "No native TensorFlow (wheel's build: no network). WebAssembly is used instead.",
      "No TensorFlow for processors (wheel's build: no network). The build for GPUs, which is there, is used instead.",
    ]);
  },
);

const features = new Set(['fpu', 'avx']);

test.each([
  [{ id: 'linux-x64', glibc: '2.36', features }, undefined],
  [{ id: 'linux-x64', glibc: '2.27', features: new Set<string>() }, undefined],
  [{ id: 'linux-arm64', glibc: '3.0', features: new Set(['fp']) }, undefined],
  [{ id: 'darwin-arm64', glibc: undefined, features: new Set<string>() }, undefined],
  [{ id: 'linux-x64', glibc: undefined, features }, 'musl'],
  [
    { id: 'linux-x64', glibc: '2.17', features },
    'the GNU C library is 2.17, libtensorflow needs 2.27 or newer',
  ],
  [{ id: 'linux-x64', glibc: '2.36', features: new Set(['fpu']) }, 'no AVX'],
  [{ id: 'darwin-x64', glibc: undefined, features }, 'no current libtensorflow for darwin-x64'],
  [{ id: 'win32-x64', glibc: undefined, features }, 'no current libtensorflow for win32-x64'],
])('platform %o', (facts, reason) => {
  if (reason === undefined) expect(unsupportedReason(facts)).toBeUndefined();
  else expect(unsupportedReason(facts)).toContain(reason);
});

test("the driver's folder names the models of the GPUs", async () => {
  const folder = await temporaryFolder();
  for (const [name, model] of [
    ['0000:00:07.0', 'NVIDIA H200'],
    ['0000:00:06.0', 'NVIDIA H100 80GB HBM3'],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'information'), `Model: \t\t ${model}\nIRQ:   \t\t 24\n`);
  }
  await mkdir(join(folder, '0000:00:08.0'));
  expect(gpuModels(folder)).toEqual(['NVIDIA H100 80GB HBM3', 'NVIDIA H200']);
  expect(gpuModels(join(folder, 'none'))).toEqual([]);
});
