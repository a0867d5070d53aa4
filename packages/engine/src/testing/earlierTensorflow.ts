// `node earlierTensorflow.ts DIR`: a cache folder DIR in which TensorFlow 2.9.1, the version of the official build of
// TensorFlow.js, out of its own Python wheel stands where the pinned one is looked for. The download is kept in the cache.
import { copyFile, cp, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, writeManifest } from '@pixelrnn/files';
import { downloadWheel, fetchWithPip } from '../install/downloadWheel.js';
import { tensorflowFolder } from '../install/folders.js';
import { provideFolder } from '../install/sharedFolder.js';
import { unpackWheel } from '../install/unpackWheel.js';
import type { Wheel } from '../install/wheels.js';

const wheel: Wheel = {
  project: 'tensorflow-cpu',
  version: '2.9.1',
  tag: 'manylinux_2_17_x86_64',
  python: '3.10',
  bytes: 207_453_921,
  sha256: '6666ddeae45e1f41da788cb4bdea3435aba16edb0bc17b7ac00631c7c9eb052e',
};

/** The C API is in the library of Python's bindings, under that name to the loader. */
const bindings = '_pywrap_tensorflow_internal.so';

const needed = [
  /^tensorflow\/libtensorflow_framework\.so\.2$/,
  /^tensorflow\/python\/_pywrap_tensorflow_internal\.so$/,
  /^tensorflow\/include\/tensorflow\/c\/.*\.h$/,
  /^tensorflow\/include\/tensorflow\/core\/platform\/ctstring[^/]*\.h$/,
];

async function main(folder: string): Promise<void> {
  const kept = join(cacheDir(), `tensorflow-${wheel.version}-wheel`);
  await provideFolder(kept, async (partial) => {
    const download = join(partial, 'download');
    await mkdir(download);
    const path = await downloadWheel(wheel, download, fetchWithPip);
    await unpackWheel(path, partial, (name) => needed.some((pattern) => pattern.test(name)));
    await rm(download, { recursive: true });
    return { tensorflow: wheel.version, source: wheel.project };
  });
  process.env.PIXELRNN_CACHE_DIR = folder;
  const root = tensorflowFolder(false);
  if (!root) throw new Error('There is no TensorFlow wheel for this platform.');
  const libraries = join(root, 'tensorflow');
  await cp(join(kept, 'tensorflow', 'include'), join(libraries, 'include'), { recursive: true });
  await copyFile(
    join(kept, 'tensorflow', 'libtensorflow_framework.so.2'),
    join(libraries, 'libtensorflow_framework.so.2'),
  );
  await copyFile(join(kept, 'tensorflow', 'python', bindings), join(libraries, 'libtensorflow_cc.so.2'));
  await symlink('libtensorflow_cc.so.2', join(libraries, bindings));
  await writeManifest(root, { tensorflow: wheel.version, source: wheel.project });
}

await main(process.argv[2] as string);
