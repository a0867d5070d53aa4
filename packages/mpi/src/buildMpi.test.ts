import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { addonName, communicatorFolder, loadMpiAddon, sumOpFolder } from './addons.js';
import { buildMpi } from './buildMpi.js';

const root = mkdtempSync(join(tmpdir(), 'pixelrnn-mpi-'));
const cache = join(root, 'cache');
const tensorflow = {
  version: '2.21.0',
  includeDir: join(cache, 'tensorflow/include'),
  libraryDir: join(cache, 'tensorflow'),
  libraries: ['libtensorflow_cc.so.2'],
  gpu: false,
};
const installed = vi.hoisted(() => ({ current: null as object | null }));
vi.mock('@pixelrnn/engine', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  tensorflowInstallation: () => installed.current,
}));
vi.mock('@pixelrnn/files', () => ({ cacheDir: () => cache }));

/** An mpicxx that runs `script` with the output file as its first argument. */
function useMpicxx(script: string): void {
  const path = join(root, 'mpicxx');
  writeFileSync(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && exit\nall="$*"\nwhile [ "$1" != -o ]; do shift; done\nset -- "$2"\n${script}\n`,
  );
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', `${root}${delimiter}${process.env.PATH}`);
}

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
  installed.current = null;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("mpicxx compiles MPI's functions and, where there is TensorFlow, the op, apart from the kernels", async () => {
  installed.current = tensorflow;
  useMpicxx('echo "$all" > "$1"');
  expect(await buildMpi()).toEqual({ op: true });
  const functions = readFileSync(join(communicatorFolder(), addonName), 'utf8');
  expect(functions).toContain('communicator.cc');
  expect(functions).not.toContain('tensorflow');
  const op = readFileSync(join(sumOpFolder(tensorflow), addonName), 'utf8');
  for (const part of [
    'sum_op.cc',
    'tensorflow/op.cc',
    `-I${tensorflow.includeDir}`,
    'libtensorflow_cc.so.2',
  ]) {
    expect(op).toContain(part);
  }
  expect(op).not.toContain('optimizer_op.cc');
});

test('it is compiled anew each time, and without TensorFlow there is no op', async () => {
  useMpicxx('echo one > "$1"');
  expect(await buildMpi()).toEqual({ op: false });
  useMpicxx('echo two > "$1"');
  await buildMpi();
  expect(readFileSync(join(communicatorFolder(), addonName), 'utf8')).toBe('two\n');
  expect(readdirSync(cache)).toHaveLength(1);
});

test('says what the compiler said, and leaves nothing that would be loaded', async () => {
  useMpicxx('echo "communicator.cc:3:10: fatal error: mpi.h: No such file" >&2; exit 1');
  await expect(buildMpi()).rejects.toThrow(
    'MPI was not built (communicator.cc:3:10: fatal error: mpi.h: No such file): install Open MPI with its compiler',
  );
  expect(existsSync(communicatorFolder())).toBe(false);
  expect(loadMpiAddon()).toBeNull();
});

test('says where mpicxx comes from where there is none', async () => {
  vi.stubEnv('PATH', join(root, 'nothing'));
  await expect(buildMpi()).rejects.toThrow(
    'There is no mpicxx in PATH: install Open MPI with its compiler (Debian: apt-get install libopenmpi-dev openmpi-bin) and run pnpm engine install --mpi again.',
  );
});
