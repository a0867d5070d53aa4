import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { loadMpiAddon, type MpiAddon } from './addons.js';
import { alone, type Communicator } from './communicator.js';
import { type Launch, launchOf } from './launch.js';
import { MpiError } from './mpiError.js';

let opened: Communicator | undefined;

/**
 * The ranks that a launcher of MPI programs has started together with this process; without one, or with one rank, this
 * process alone, which needs no MPI. All ranks must call it.
 *
 * @throws MpiError where MPI is not built here, does not load, or is another one than the launcher's
 */
export async function openCommunicator(): Promise<Communicator> {
  if (opened) return opened;
  const launch = launchOf(process.env);
  if (!launch || launch.size === 1) return alone;
  try {
    opened = begin(launch, loadMpiAddon);
    return opened;
  } catch (error) {
    // Rank 0 says it first, however late it starts, and the launcher ends the others: one sentence, unless it is another
    // rank's alone.
    if (launch.rank > 0) await setTimeout(10_000);
    throw error;
  }
}

/** @throws MpiError as {@link openCommunicator} */
export function begin(launch: Launch, load: () => MpiAddon | null): Communicator {
  const { by, rank } = launch;
  let addon: MpiAddon | null;
  try {
    addon = load();
  } catch (error) {
    const [reason] = (error as Error).message.split('\n', 1);
    throw new MpiError(
      `Rank ${rank} on ${hostname()} cannot load MPI (${reason}): run pnpm engine install --mpi there with the MPI that ${by} belongs to.`,
    );
  }
  if (!addon) {
    throw new MpiError(
      `${by} started this as rank ${rank}${launch.size ? ` of ${launch.size}` : ''}, but MPI is not built on ${hostname()}: run pnpm engine install --mpi, or start without ${by}.`,
    );
  }
  requireSameMpi(addon);
  if (by === 'mpiexec' && addon.compiledFor.startsWith('Open MPI')) {
    throw new MpiError(
      `The launcher (mpiexec of another MPI, or srun --mpi=pmi2) speaks PMI, but this was compiled for ${addon.compiledFor}, which needs PMIx: use the mpirun of that MPI, or srun --mpi=pmix.`,
    );
  }
  const { size, serialized, ...started } = addon.start();
  if (launch.size !== null && launch.size !== size) {
    throw new MpiError(
      `${by} started ${launch.size} ranks, but ${addon.compiledFor}, which this was compiled for, sees ${size}: start it with the launcher of that MPI, or run pnpm engine install --mpi with the mpicxx of this one.`,
    );
  }
  if (!serialized) {
    throw new MpiError(
      `${addon.library.split('\n', 1)[0]} lets one thread alone call it (MPI_THREAD_SERIALIZED was asked for): use an MPI that is built with threads.`,
    );
  }
  return communicatorOf(addon, started.rank, size);
}

/** Versions of one MPI whose first numbers differ have other binary interfaces, though the library's name may be the same. */
function requireSameMpi({ compiledFor, library }: MpiAddon): void {
  const [, name, major] = /^(.*) (\d+)\./.exec(compiledFor) ?? [];
  const loaded = /^(Open MPI|MPICH)\D*(\d+)\./.exec(library);
  if (!loaded || (loaded[1] === name && loaded[2] === major)) return;
  throw new MpiError(
    `The MPI here is ${library.split(/[,\n]/, 1)[0]}, but this was compiled for ${compiledFor}: run pnpm engine install --mpi again.`,
  );
}

function communicatorOf(addon: MpiAddon, rank: number, size: number): Communicator {
  let left = false;
  // A rank that ends in the middle would leave the others waiting.
  process.once('exit', (code) => (code === 0 || left ? addon.finish() : addon.abort(code)));
  const { sum, agree, broadcast, gather, barrier } = addon;
  return {
    ...{ rank, size, sum, agree, broadcast, gather, barrier },
    abort(why) {
      process.stderr.write(`Rank ${rank} of ${size} on ${hostname()}: ${why}\n`);
      return addon.abort(1);
    },
    leave() {
      left = true;
    },
  };
}
