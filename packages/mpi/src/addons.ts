import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TensorflowInstallation, tensorflowInstallation } from '@pixelrnn/engine';
import { addonFolder, sourceRoot as kernelSources, sharedFlags } from '@pixelrnn/kernels/native';

const require = createRequire(import.meta.url);
const packages = fileURLToPath(new URL('../../', import.meta.url));

/** The folder of the C++ files. */
export const sourceRoot = fileURLToPath(new URL('../cpp/', import.meta.url));

/** The file inside {@link communicatorFolder} and {@link sumOpFolder}. */
export const addonName = 'mpi.node';

/** Options of the C++ compiler that decide what an addon holds. */
export const compilerFlags = () => [...sharedFlags('every'), ...sharedFlags('addon')];

/** What the op of {@link sumOpFolder} is made of, beside headers. */
export const sumOpSources = () => [
  join(sourceRoot, 'sum_op.cc'),
  join(kernelSources, 'tensorflow', 'op.cc'),
  join(kernelSources, 'base', 'thread_pool.cc'),
];

/** The folder of the cache for MPI's functions. There is one MPI in a cache: what another one compiled is replaced. */
export function communicatorFolder(): string {
  return addonFolder(
    'mpi',
    { flags: compilerFlags() },
    ['communicator.cc', 'wait.h'].map((name) => join(sourceRoot, name)),
    packages,
  );
}

/** The folder of the cache for the custom op, compiled for this TensorFlow. */
export function sumOpFolder({ version }: Pick<TensorflowInstallation, 'version'>): string {
  const headers = [
    join(sourceRoot, 'wait.h'),
    join(kernelSources, 'kernels.h'),
    join(kernelSources, 'tensorflow', 'op.h'),
    ...readdirSync(join(kernelSources, 'base')).map((name) => join(kernelSources, 'base', name)),
  ];
  const files = [...new Set([...sumOpSources(), ...headers])].sort();
  return addonFolder('mpi-op', { flags: compilerFlags(), version }, files, packages);
}

/** MPI's functions, as communicator.cc exports them. */
export interface MpiAddon {
  start(): { rank: number; size: number; serialized: boolean };
  sum(values: Float32Array): void;
  agree(bits: number): number;
  broadcast(bytes?: Uint8Array): Uint8Array;
  gather(bytes: Uint8Array): Uint8Array[];
  barrier(): void;
  abort(code: number): never;
  finish(): void;
  /** Name and version of the MPI whose headers it was compiled with. */
  readonly compiledFor: string;
  /** What the MPI that is loaded says of itself. */
  readonly library: string;
}

/**
 * Null where it is not built.
 *
 * @throws whatever the dynamic linker says
 */
export function loadMpiAddon(): MpiAddon | null {
  const path = join(communicatorFolder(), addonName);
  return existsSync(path) ? (require(path) as MpiAddon) : null;
}

let opLoaded = false;

/** Makes the custom op known to the TensorFlow of this process; false where it is not built. */
export function loadSumOp(): boolean {
  if (opLoaded) return true;
  const tensorflow = tensorflowInstallation();
  const path = tensorflow && join(sumOpFolder(tensorflow), addonName);
  if (!path || !existsSync(path)) return false;
  require(path);
  opLoaded = true;
  return true;
}
