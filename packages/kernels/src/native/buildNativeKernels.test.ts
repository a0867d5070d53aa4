import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { FakeCompiler } from '../testing/fakeCompiler.js';
import { buildNativeKernels } from './buildNativeKernels.js';
import { addonName } from './kernelsFolder.js';

const root = mkdtempSync(join(tmpdir(), 'pixelrnn-kernels-'));
const cache = join(root, 'cache');
const tensorflow = {
  version: '2.21.0',
  includeDir: join(cache, 'tensorflow/include'),
  libraryDir: join(cache, 'tensorflow'),
  libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
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

const compiler = new FakeCompiler(root);

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
  installed.current = null;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('buildNativeKernels', () => {
  test('needs TensorFlow', async () => {
    expect(await buildNativeKernels()).toEqual({
      unavailable: 'TensorFlow is not installed here',
    });
  });

  test('builds once, with the libraries of this TensorFlow and for this processor', async () => {
    installed.current = tensorflow;
    compiler.use();
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const first = await buildNativeKernels({ log });
    expect(first).toMatchObject({ built: true });
    const { folder } = first as { folder: string };
    expect(dirname(folder)).toBe(cache);
    expect(await buildNativeKernels({ log })).toEqual({ folder, built: false });
    expect(lines).toEqual(['Compiling the fused kernels for TensorFlow 2.21.0 and this processor.']);
    const [command] = compiler.calls();
    for (const part of [`-I${tensorflow.includeDir}`, 'conv_forward.cc', 'tensorflow/addon.cc', '=native']) {
      expect(command).toContain(part);
    }
    expect(command).not.toContain('test_');
    expect(command).not.toContain('-ffast-math');
  });

  test('two builds at once leave one folder', async () => {
    installed.current = tensorflow;
    compiler.use('sleep 0.3; cp "$good" "$1"');
    const [one, two] = await Promise.all([buildNativeKernels(), buildNativeKernels()]);
    expect(one).toHaveProperty('folder');
    expect(two).toHaveProperty('folder', (one as { folder: string }).folder);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  test('leaves nothing behind when the compiler fails, and says what it said', async () => {
    installed.current = tensorflow;
    compiler.use('echo half > "$1"; echo note >&2; echo "op.cc:1:2: error: no such file" >&2; exit 1');
    expect(await buildNativeKernels()).toEqual({
      unavailable: 'they cannot be built: op.cc:1:2: error: no such file',
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  test('says which compiler is missing', async () => {
    installed.current = tensorflow;
    vi.stubEnv('CXX', join(root, 'no-such-compiler'));
    expect(await buildNativeKernels()).toEqual({
      unavailable: `they cannot be built: there is no C++ compiler: ${join(root, 'no-such-compiler')} is not installed (CXX names it: unset it, or set it to another)`,
    });
  });

  test('says that the cache cannot be written', async () => {
    installed.current = tensorflow;
    writeFileSync(cache, 'a file where a folder should be');
    const result = await buildNativeKernels();
    expect(result).toHaveProperty('unavailable');
    expect((result as { unavailable: string }).unavailable).toMatch(
      /^they cannot be built: .*cache cannot be written \(E\w+: .*\): set PIXELRNN_CACHE_DIR to one that can$/,
    );
    expect(existsSync(join(cache, addonName))).toBe(false);
  });
});
