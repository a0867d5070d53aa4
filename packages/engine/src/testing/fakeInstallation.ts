import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addonFolder, tensorflowFolder } from '../install/folders.js';
import { provideFolder } from '../install/sharedFolder.js';

/** Files that hold their own names. */
export async function write(folder: string, files: readonly string[]): Promise<void> {
  for (const name of files) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), name);
  }
}

/** An installation as out of a wheel, complete but for what is in its files. */
export async function installWheel(gpu: boolean): Promise<string> {
  const root = tensorflowFolder(gpu)!;
  await provideFolder(root, async (folder) => {
    const libraries = ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'];
    await write(
      folder,
      [...libraries, 'include/tensorflow/c/c_api.h'].map((name) => `tensorflow/${name}`),
    );
    return { tensorflow: '2.21.0' };
  });
  await provideFolder(addonFolder(gpu)!, async (folder) => {
    await write(folder, ['tfjs_binding.node', 'quiet.node']);
    return { tensorflow: '2.21.0' };
  });
  return root;
}
