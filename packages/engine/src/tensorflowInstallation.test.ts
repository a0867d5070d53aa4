import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addonFolder, officialFolder } from './install/folders.js';
import { provideFolder } from './install/sharedFolder.js';
import { findInstallation, tensorflowInstallation } from './tensorflowInstallation.js';
import { installWheel, write } from './testing/fakeInstallation.js';

let cache: string;

beforeEach(async () => {
  cache = await temporaryFolder();
  vi.stubEnv('PIXELRNN_CACHE_DIR', cache);
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
  vi.spyOn(process, 'arch', 'get').mockReturnValue('x64');
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('nothing in the cache is no installation', () => {
  expect(tensorflowInstallation()).toBeNull();
});

test.each([false, true])('the compiled installation (gpu: %s) tells what to compile against', async (gpu) => {
  const root = await installWheel(gpu);
  expect(tensorflowInstallation()).toEqual({
    version: '2.21.0',
    includeDir: join(root, 'tensorflow', 'include'),
    libraryDir: join(root, 'tensorflow'),
    libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
    gpu,
  });
  expect(findInstallation(gpu)).toMatchObject({
    way: 'wheel',
    addon: join(addonFolder(gpu)!, 'tfjs_binding.node'),
  });
  expect(findInstallation(!gpu)).toBeUndefined();
});

test('the prebuilt installation is found too, and the compiled one preferred', async () => {
  const root = officialFolder(false)!;
  await provideFolder(root, async (folder) => {
    const libraries = ['libtensorflow.so', 'libtensorflow.so.2', 'libtensorflow_framework.so.2'];
    await write(folder, [...libraries.map((name) => `deps/lib/${name}`), 'lib/napi-v8/tfjs_binding.node']);
    return { tensorflow: '2.9.1' };
  });
  expect(findInstallation(false)).toEqual({
    addon: join(root, 'lib', 'napi-v8', 'tfjs_binding.node'),
    way: 'official',
    tensorflow: {
      version: '2.9.1',
      includeDir: join(root, 'deps', 'include'),
      libraryDir: join(root, 'deps', 'lib'),
      libraries: ['libtensorflow.so.2', 'libtensorflow_framework.so.2'],
      gpu: false,
    },
  });
  await installWheel(false);
  expect(findInstallation(false)?.way).toBe('wheel');
});

test.each(['tensorflow/libtensorflow_cc.so.2', 'tensorflow/include/tensorflow/c/c_api.h', 'manifest.json'])(
  'an installation without %s is refused',
  async (name) => {
    const root = await installWheel(false);
    await rm(join(root, name));
    expect(tensorflowInstallation()).toBeNull();
  },
);

test('an addon that was torn is refused', async () => {
  await installWheel(false);
  await writeFile(join(addonFolder(false)!, 'tfjs_binding.node'), 'torn');
  expect(tensorflowInstallation()).toBeNull();
});
