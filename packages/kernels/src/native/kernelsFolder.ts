import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { TensorflowInstallation } from '@pixelrnn/engine';
import { addonFolder } from './addonFolder.js';
import { processorFeatures } from './processor.js';
import { processorFlags, sharedFlags, sourceRoot } from './sharedFlags.js';

/** The file inside {@link kernelsFolder}. */
export const addonName = 'kernels.node';

/** Folders there of what the addon does without; the executor of plans is an addon of its own. */
const apart = ['test', 'bench', 'plan'];

/** The C++ files that make up the addon: the kernels and the ops around them. */
export function sourceFiles(): string[] {
  return filesOf(/\.cc$/);
}

/** Options of the C++ compiler that decide what instructions the addon holds, for this processor. */
export function compilerFlags(features: readonly string[] = processorFeatures()): string[] {
  return [...sharedFlags('every'), ...sharedFlags('addon'), ...processorFlags(features)];
}

/**
 * The folder of the cache for the addon built from this source for this processor and this TensorFlow. Its name changes
 * with each of them, so that no other machine that shares the cache loads instructions that it does not have.
 *
 * @throws Error where the processor's features or the C++ source cannot be read
 */
export function kernelsFolder({ version }: Pick<TensorflowInstallation, 'version'>): string {
  const features = processorFeatures();
  return addonFolder(
    'kernels',
    { version, flags: compilerFlags(features), features },
    filesOf(/\.(cc|h)$/),
    sourceRoot,
  );
}

function filesOf(pattern: RegExp): string[] {
  return readdirSync(sourceRoot, { recursive: true, encoding: 'utf8' })
    .filter((path) => pattern.test(path) && !apart.includes(path.split(sep, 1)[0] as string))
    .sort()
    .map((path) => join(sourceRoot, path));
}
