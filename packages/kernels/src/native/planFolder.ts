import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { addonFolder } from './addonFolder.js';
import { sourceRoot } from './kernelsFolder.js';
import { processorFeatures } from './processor.js';

/** The file inside {@link planFolder}. */
export const planAddonName = 'plan.node';

const sources = join(sourceRoot, 'plan');

/** Options of the C++ compiler. Each operation rounds by itself, as in WebAssembly: nothing is contracted or reassociated. */
export function planCompilerFlags(features: readonly string[] = processorFeatures()): string[] {
  return [
    '-std=c++17',
    '-O3',
    process.arch === 'arm64' ? '-mcpu=native' : '-march=native',
    ...(features.includes('avx512f') ? ['-mprefer-vector-width=512'] : []),
    '-fno-math-errno',
    '-fno-trapping-math',
    '-ffp-contract=off',
    '-fPIC',
    '-fvisibility=hidden',
    '-DNAPI_VERSION=8',
    `-I${sourceRoot}`,
  ];
}

/** The C++ files of the executor's addon. */
export const planSources = (): string[] => [join(sources, 'addon.cc'), join(sources, 'plan.cc')];

/**
 * The folder of the cache for the executor's addon built from this source for this processor.
 *
 * @throws Error where the processor's features or the C++ source cannot be read
 */
export function planFolder(): string {
  const features = processorFeatures();
  const flags = planCompilerFlags(features).filter((flag) => !flag.startsWith('-I'));
  const own = readdirSync(sources)
    .filter((name) => /\.(cc|h)$/.test(name))
    .sort()
    .map((name) => join(sources, name));
  return addonFolder('plan', { flags, features }, [...own, join(sourceRoot, 'base', 'arena.h')], sourceRoot);
}
