import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TensorflowInstallation } from '@pixelrnn/engine';
import { cacheDir } from '@pixelrnn/files';
import { processorFeatures } from './processor.js';

/** The file inside {@link kernelsFolder}. */
export const addonName = 'kernels.node';

/** The folder that the kernels' own includes start from. */
export const sourceRoot = fileURLToPath(new URL('../../cpp/', import.meta.url));
/** Those of the kernels and of the ops around them; tests and benchmarks lie beside them. */
const sourceFolders = ['', 'base', 'conv', 'lstm', 'train', 'tensorflow'].map((name) =>
  join(sourceRoot, name),
);

/** The C++ files that make up the addon: the kernels and the ops around them. */
export function sourceFiles(): string[] {
  return sourceFolders.flatMap((folder) => filesIn(folder, /\.cc$/));
}

/** Options of the C++ compiler that decide what instructions the addon holds, for this processor. */
export function compilerFlags(features: readonly string[] = processorFeatures()): string[] {
  return [
    '-std=c++17',
    '-O3',
    process.arch === 'arm64' ? '-mcpu=native' : '-march=native',
    ...(features.includes('avx512f') ? ['-mprefer-vector-width=512'] : []),
    // What -ffast-math has beyond these would fold away the rounding in the kernels' exponential.
    '-fno-math-errno',
    '-fno-trapping-math',
    '-ffp-contract=fast',
    '-fPIC',
    '-fvisibility=hidden',
    '-DNAPI_VERSION=8',
  ];
}

/**
 * The folder of the cache for the addon built from this source for this processor and this TensorFlow. Its name changes
 * with each of them, so that no other machine that shares the cache loads instructions that it does not have.
 *
 * @throws Error where the processor's features or the C++ source cannot be read
 */
export function kernelsFolder({ version }: Pick<TensorflowInstallation, 'version'>): string {
  const features = processorFeatures();
  const hash = createHash('sha256');
  const build = { platform: process.platform, arch: process.arch, version, flags: compilerFlags(features) };
  hash.update(JSON.stringify({ ...build, features }));
  for (const path of sourceFolders.flatMap((folder) => filesIn(folder, /\.(cc|h)$/))) {
    hash.update(`\0${path.slice(sourceRoot.length)}\0`).update(readFileSync(path));
  }
  return join(cacheDir(), `kernels-${hash.digest('hex').slice(0, 16)}`);
}

function filesIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));
}
