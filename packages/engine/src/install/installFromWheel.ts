import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readManifest } from '@pixelrnn/files';
import { EngineError } from '../engineError.js';
import { checkAddon } from './checkAddon.js';
import { compileAddon } from './compileAddon.js';
import { provideCompiler } from './compiler.js';
import { formatBytes, requireSpace } from './diskSpace.js';
import { downloadWheel, type FetchWheel, fetchWithPip } from './downloadWheel.js';
import { addonFolder, tensorflowFolder, tfjsNodePackage, wheelSetKey } from './folders.js';
import { provideFolder } from './sharedFolder.js';
import { unpackWheel } from './unpackWheel.js';
import { isNeeded, type WheelSet, wheelSets } from './wheels.js';

/**
 * Installs libtensorflow out of the official wheel and compiles the npm package's addon against it. What is in the
 * cache already is checked and kept, so a second call does no more than read it.
 * @returns version of libtensorflow
 * @throws EngineError when a tool, space or the download is missing, or the result does not run
 */
export async function installFromWheel(gpu: boolean, log: (line: string) => void): Promise<string> {
  const set = wheelSets[wheelSetKey(gpu)];
  const tfjsNode = tfjsNodePackage(gpu);
  const root = tensorflowFolder(gpu);
  const target = addonFolder(gpu);
  if (!set || !root) throw new EngineError(`there is no TensorFlow wheel for ${wheelSetKey(gpu)}`);
  if (!tfjsNode || !target)
    throw new EngineError('the npm package of TensorFlow.js for Node is not installed');
  // A compiler comes before the download, which would be of no use without.
  const compiler = readManifest(target) ? null : await provideCompiler({ log });
  await provideTensorflow(root, set, fetchWithPip, log);
  const { about } = await provideFolder(target, async (folder) => {
    log('Compiling the addon of TensorFlow.js...');
    await compileAddon(compiler ?? (await provideCompiler({ log })), tfjsNode.folder, root, folder);
    const facts = await checkAddon(join(folder, 'tfjs_binding.node'));
    if (gpu && !facts.gpu) throw new EngineError('it runs, but finds no GPU that it can use');
    return { tensorflow: facts.tensorflow, libraries: basename(root), gpu };
  });
  return String(about.tensorflow);
}

/**
 * Makes the folder of a libtensorflow complete: each wheel is fetched, checked, unpacked and removed.
 * @param root the folder in the cache
 */
export async function provideTensorflow(
  root: string,
  set: WheelSet,
  fetchWheel: FetchWheel,
  log: (line: string) => void,
): Promise<void> {
  await provideFolder(root, async (folder) => {
    await requireSpace(dirname(root), spaceNeeded(set));
    const download = join(folder, 'download');
    for (const wheel of set.wheels) {
      log(`Fetching ${wheel.project} ${wheel.version} (${formatBytes(wheel.bytes)}) with pip...`);
      await mkdir(download);
      const path = await downloadWheel(wheel, download, fetchWheel);
      await unpackWheel(path, folder, isNeeded);
      await rm(download, { recursive: true });
    }
    return { tensorflow: set.tensorflow, source: set.wheels.map(({ project }) => project).join(' ') };
  });
}

/** Bytes on the disk at the worst moment: all that is unpacked, and the largest wheel with pip's own copy of it. */
function spaceNeeded({ wheels, unpackedBytes }: WheelSet): number {
  return unpackedBytes + 2 * Math.max(...wheels.map(({ bytes }) => bytes));
}
