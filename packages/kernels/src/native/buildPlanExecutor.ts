import type { Unavailable } from '../dispatch/kernelKind.js';
import { type BuildOptions, type BuiltKernels, buildAddon } from './buildAddon.js';
import { planAddonName, planCompilerFlags, planFolder, planSources } from './planFolder.js';
import { sourceRoot } from './sharedFlags.js';

/**
 * Compiles the executor of plans for this processor into the cache, unless it is there; it needs no TensorFlow. Where it
 * cannot be done, plans run as WebAssembly, with the same results.
 *
 * @returns the folder, or why there is no native executor, a phrase without a full stop
 */
export function buildPlanExecutor(options: BuildOptions = {}): Promise<BuiltKernels | Unavailable> {
  return buildAddon(
    {
      addonName: planAddonName,
      folder: planFolder,
      message: 'Compiling the executor of plans for this processor.',
      compilerArguments: () => [...planCompilerFlags(), `-I${sourceRoot}`, ...planSources()],
    },
    options,
  );
}
