import { join, relative } from 'node:path';
import { tensorflowInstallation } from '@pixelrnn/engine';
import type { Unavailable } from '../dispatch/kernelKind.js';
import { type BuildOptions, type BuiltKernels, buildAddon } from './buildAddon.js';
import { addonName, compilerFlags, kernelsFolder, sourceFiles } from './kernelsFolder.js';
import { sourceRoot } from './sharedFlags.js';

/**
 * Compiles the fused kernels as TensorFlow custom ops for this processor into the cache, unless they are there. Where it
 * cannot be done, the operations go on with composed kernels.
 *
 * @returns the folder, or why there are no native kernels, a phrase without a full stop
 */
export async function buildNativeKernels(options: BuildOptions = {}): Promise<BuiltKernels | Unavailable> {
  const tensorflow = tensorflowInstallation();
  if (!tensorflow) return { unavailable: 'TensorFlow is not installed here' };
  const { includeDir, libraryDir, libraries, version } = tensorflow;
  const mac = process.platform === 'darwin';
  return buildAddon(
    {
      addonName,
      folder: () => kernelsFolder(tensorflow),
      message: `Compiling the fused kernels for TensorFlow ${version} and this processor.`,
      compilerArguments: (folder) => [
        ...compilerFlags(),
        `-I${sourceRoot}`,
        `-I${includeDir}`,
        ...sourceFiles(),
        ...libraries.map((name) => join(libraryDir, name)),
        `-Wl,-rpath,${mac ? '@loader_path' : '$ORIGIN'}/${relative(folder, libraryDir)}`,
      ],
    },
    options,
  );
}
