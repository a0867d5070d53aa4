import { execFileSync } from 'node:child_process';
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
vi.mock('@pixelrnn/files', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  cacheDir: () => cache,
}));

const good = join(root, 'good.node');
const commands = join(root, 'commands');
execFileSync('cc', ['-shared', '-fPIC', '-x', 'c', '-', '-o', good], {
  input: 'void* napi_register_module_v1(void* env, void* exports) { return exports; }',
});

/** An mpicxx that takes down how it was called and runs `script` with the output file as its first argument. */
function useMpicxx(script = `cp '${good}' "$1"`): void {
  const path = join(root, 'mpicxx');
  writeFileSync(commands, '');
  writeFileSync(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && exit\necho "$*" >> '${commands}'\nwhile [ "$1" != -o ]; do shift; done\nset -- "$2"\n${script}\n`,
  );
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', `${root}${delimiter}${process.env.PATH}`);
}

const calls = () => readFileSync(commands, 'utf8').trim().split('\n');

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
  installed.current = null;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("mpicxx compiles MPI's functions and, where there is TensorFlow, the op, apart from the kernels", async () => {
  installed.current = tensorflow;
  useMpicxx();
  expect(await buildMpi()).toEqual({ op: true });
  const [functions, op] = calls();
  expect(functions).toContain('communicator.cc');
  expect(functions).not.toContain('tensorflow');
  for (const folder of [communicatorFolder(), sumOpFolder(tensorflow)])
    expect(existsSync(join(folder, addonName))).toBe(true);
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
  useMpicxx();
  expect(await buildMpi()).toEqual({ op: false });
  expect(calls()).toHaveLength(1);
  expect(await buildMpi()).toEqual({ op: false });
  expect(calls()).toHaveLength(2);
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
