import { afterEach, expect, test, vi } from 'vitest';
import type { MpiAddon } from './addons.js';
import { alone } from './communicator.js';
import { begin, openCommunicator } from './openCommunicator.js';

const launch = { by: 'mpirun', rank: 1, size: 4 };
const fourRanks: MpiAddon = {
  start: () => ({ rank: 1, size: 4, serialized: true }),
  sum: vi.fn(),
  agree: (bits) => bits,
  broadcast: () => new Uint8Array(),
  gather: (bytes) => [bytes],
  barrier: vi.fn(),
  abort: vi.fn() as unknown as MpiAddon['abort'],
  finish: vi.fn(),
  compiledFor: 'Open MPI 4.1.4',
  library: 'Open MPI v4.1.6, package: Debian OpenMPI, ident: 4.1.6',
};

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('without a launcher, or with one rank, a process is alone and needs no MPI', async () => {
  expect(await openCommunicator()).toBe(alone);
  vi.stubEnv('OMPI_COMM_WORLD_RANK', '0');
  vi.stubEnv('OMPI_COMM_WORLD_SIZE', '1');
  expect(await openCommunicator()).toBe(alone);
  expect([alone.rank, alone.size, alone.agree(5)]).toEqual([0, 1, 5]);
  expect(alone.gather(Uint8Array.of(1, 2))).toEqual([Uint8Array.of(1, 2)]);
  expect(() => alone.broadcast()).toThrow('rank 0 must give the bytes');
});

test.each<[string, Partial<MpiAddon>, RegExp]>([
  [
    "another MPI's launcher",
    { start: () => ({ rank: 0, size: 1, serialized: true }) },
    /^mpirun started 4 ranks, but Open MPI 4\.1\.4, which this was compiled for, sees 1: start it with the launcher of that MPI, or run pnpm engine install --mpi with the mpicxx of this one\.$/,
  ],
  [
    'a later main version',
    { library: 'Open MPI v5.0.2, package: x' },
    /^The MPI here is Open MPI v5\.0\.2, but this was compiled for Open MPI 4\.1\.4: run pnpm engine install --mpi again\.$/,
  ],
  [
    'another MPI',
    { library: 'MPICH Version:\t4.0.2\nMPICH Release date: x' },
    /^The MPI here is MPICH Version:\t4\.0\.2, but this was compiled for Open MPI 4\.1\.4/,
  ],
  [
    'an MPI without threads',
    { start: () => ({ rank: 1, size: 4, serialized: false }) },
    /^Open MPI v4\.1\.6, .* lets one thread alone call it/,
  ],
])('%s is told in a sentence', (_, change, message) => {
  expect(() => begin(launch, () => ({ ...fourRanks, ...change }))).toThrow(message);
});

test('the launcher of another kind of MPI is told before MPI begins', () => {
  const start = vi.fn();
  expect(() => begin({ by: 'mpiexec', rank: 0, size: 2 }, () => ({ ...fourRanks, start }))).toThrow(
    'speaks PMI, but this was compiled for Open MPI 4.1.4, which needs PMIx: use the mpirun of that MPI, or srun --mpi=pmix.',
  );
  expect(start).not.toHaveBeenCalled();
});

test('where MPI is not built, or does not load, it is said what to run', () => {
  expect(() => begin(launch, () => null)).toThrow(
    /^mpirun started this as rank 1 of 4, but MPI is not built on \S+: run pnpm engine install --mpi, or start without mpirun\.$/,
  );
  const missing = () => {
    throw new Error('libmpi.so.40: cannot open shared object file: No such file or directory\nmore');
  };
  expect(() => begin(launch, missing)).toThrow(
    /^Rank 1 on \S+ cannot load MPI \(libmpi\.so\.40: cannot open shared object file: No such file or directory\): run/,
  );
});

test('a rank that ends in the middle ends the others; after leave() each ends by itself', () => {
  for (const [code, leaves, ended] of [
    [0, false, 'finish'],
    [1, false, 'abort'],
    [143, true, 'finish'],
  ] as const) {
    let exit: ((code: number) => void) | undefined;
    vi.spyOn(process, 'once').mockImplementationOnce((_, listener) => {
      exit = listener as typeof exit;
      return process;
    });
    const addon = { ...fourRanks, abort: vi.fn() as unknown as MpiAddon['abort'], finish: vi.fn() };
    const communicator = begin(launch, () => addon);
    expect(communicator).toMatchObject({ rank: 1, size: 4 });
    if (leaves) communicator.leave();
    exit?.(code);
    expect(addon.finish).toHaveBeenCalledTimes(ended === 'finish' ? 1 : 0);
    if (ended === 'abort') expect(addon.abort).toHaveBeenCalledExactlyOnceWith(code);
  }
});

test('abort says which rank it is and why', () => {
  vi.spyOn(process, 'once').mockReturnValue(process);
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const abort = vi.fn();
  begin(launch, () => ({ ...fourRanks, abort: abort as unknown as MpiAddon['abort'] })).abort('It is so.');
  expect(write.mock.calls[0]?.[0]).toMatch(/^Rank 1 of 4 on \S+: It is so\.\n$/);
  expect(abort).toHaveBeenCalledExactlyOnceWith(1);
});
