import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { tensorflowInstallation } from '@pixelrnn/engine';
import {
  type AddonSources,
  type BuildOptions,
  buildAddon,
  sourceRoot as kernelSources,
} from '@pixelrnn/kernels/native';
import {
  addonName,
  communicatorFolder,
  compilerFlags,
  sourceRoot,
  sumOpFolder,
  sumOpSources,
} from './addons.js';
import { MpiError } from './mpiError.js';

/** MPI's own C++ compiler, of the MPI that comes first in PATH. */
const compiler = { command: 'mpicxx', args: [], env: process.env };

const remedy =
  'install Open MPI with its compiler (Debian: apt-get install libopenmpi-dev openmpi-bin) and run pnpm engine install --mpi again.';

/**
 * Compiles what ranks talk through into the cache, with `mpicxx`, anew each time: MPI may be another one by now.
 *
 * @returns whether the sums of tensors are a custom op of TensorFlow; without TensorFlow they go through arrays
 * @throws MpiError saying what the compiler said, or how to get one
 */
export async function buildMpi(options: BuildOptions = {}): Promise<{ op: boolean }> {
  if (spawnSync(compiler.command, ['--version']).error) {
    throw new MpiError(`There is no mpicxx in PATH: ${remedy}`);
  }
  await build(
    {
      folder: communicatorFolder,
      compilerArguments: () => [...compilerFlags(), `-I${sourceRoot}`, join(sourceRoot, 'communicator.cc')],
      message: 'Compiling what ranks talk through, with mpicxx.',
    },
    options,
  );
  const tensorflow = tensorflowInstallation();
  if (!tensorflow) return { op: false };
  const { includeDir, libraryDir, libraries, version } = tensorflow;
  const own = process.platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  await build(
    {
      folder: () => sumOpFolder(tensorflow),
      compilerArguments: (folder) => [
        ...compilerFlags(),
        `-I${sourceRoot}`,
        `-I${kernelSources}`,
        `-I${includeDir}`,
        ...sumOpSources(),
        ...libraries.map((name) => join(libraryDir, name)),
        `-Wl,-rpath,${own}/${relative(folder, libraryDir)}`,
      ],
      message: `Compiling the sum over ranks for TensorFlow ${version}.`,
    },
    options,
  );
  return { op: true };
}

async function build(
  sources: Pick<AddonSources, 'folder' | 'compilerArguments' | 'message'>,
  options: BuildOptions,
): Promise<void> {
  await rm(sources.folder(), { recursive: true, force: true });
  const built = await buildAddon({ ...sources, addonName, compiler }, options);
  if (!('unavailable' in built)) return;
  const reason = built.unavailable.replace(/^they cannot be built: /, '');
  throw new MpiError(`MPI was not built (${reason}): ${remedy}`);
}
