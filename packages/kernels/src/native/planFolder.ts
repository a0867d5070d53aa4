import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { addonFolder } from './addonFolder.js';
import { processorFeatures } from './processor.js';
import { processorFlags, sharedFlags, sourceRoot } from './sharedFlags.js';

/** The file inside {@link planFolder}. */
export const planAddonName = 'plan.node';

const sources = join(sourceRoot, 'plan');

/** Options of the C++ compiler that decide what instructions the addon holds. */
export const planCompilerFlags = (features: readonly string[] = processorFeatures()): string[] => [
  ...sharedFlags('plan'),
  ...sharedFlags('addon'),
  ...processorFlags(features),
];

/** The C++ files of the executor's addon. */
export const planSources = (): string[] => [join(sources, 'addon.cc'), join(sources, 'plan.cc')];

/**
 * The folder of the cache for the executor's addon built from this source for this processor.
 *
 * @throws Error where the processor's features or the C++ source cannot be read
 */
export function planFolder(): string {
  const features = processorFeatures();
  const own = readdirSync(sources)
    .filter((name) => /\.(cc|h)$/.test(name))
    .sort()
    .map((name) => join(sources, name));
  const build = { flags: planCompilerFlags(features), features };
  const base = ['arena.h', 'start_threads.h'].map((name) => join(sourceRoot, 'base', name));
  return addonFolder('plan', build, [...own, ...base], sourceRoot);
}
