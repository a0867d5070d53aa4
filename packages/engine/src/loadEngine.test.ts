import { readFile, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, test } from 'vitest';
import { type EngineOptions, loadEngine, tensorflowInstallation } from './index.js';
import { addonFolder, tensorflowFolder } from './install/folders.js';
import { hasNvidiaDriver } from './install/platform.js';
import { findInstallation } from './tensorflowInstallation.js';
import { runModule } from './testing/runModule.js';

const installed = tensorflowInstallation();

/** Loads an engine, computes with it, and tells what came of it and how many copies of tfjs-core there are. */
const compute = `
  const info = await engine.loadEngine();
  const again = await engine.loadEngine();
  const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])).dataSync();
  const cores = Object.keys(require.cache).filter((path) => /tfjs-core[\\\\/]dist[\\\\/]/.test(path));
  const { values } = tf.topk(tf.tensor1d([1, 5, 2]), 2);
  console.log(JSON.stringify({
    ...info, same: again === info, product: [...product], largest: [...values.dataSync()], cores: cores.length,
    backend: tf.getBackend(),
  }));
`;

const computed = { same: true, product: [19, 22, 43, 50], largest: [5, 2], cores: 1 };

test.each([
  {
    engine: 'wasm',
    backend: 'wasm',
    simd: 4,
    line: /^Engine: wasm \(TensorFlow\.js 4\.\d+\.\d+, 1 thread\)\.\n$/,
  },
  {
    engine: 'cpu',
    backend: 'cpu',
    simd: 1,
    line: /^Engine: cpu \(TensorFlow\.js 4\.\d+\.\d+, 1 thread\)\.\n$/,
  },
])('the engine $engine computes, from any folder, and says one line', async ({ line, ...expected }) => {
  const { stdout, stderr, code } = await runModule(compute, { PIXELRNN_ENGINE: expected.engine });
  expect(stderr).toMatch(line);
  expect(code).toBe(0);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ ...expected, ...computed, threads: 1 });
  expect(report.tensorflow).toBe(report.tfjs);
});

test('the engine node computes where TensorFlow is installed, else names cause and remedy', async () => {
  const { stdout, stderr, code } = await runModule(compute, { PIXELRNN_ENGINE: 'node' });
  if (installed) {
    expect(stderr).toMatch(/^Engine: node \(TensorFlow \d+\.\d+\.\d+, \d+ threads?\)\.\n$/);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      engine: 'node',
      backend: 'tensorflow',
      tensorflow: installed.version,
      ...computed,
    });
  } else {
    expect(code).toBe(1);
    expect(stderr).toContain("The engine 'node' cannot load: ");
  }
});

test.runIf(findInstallation(false)?.way === 'wheel')(
  'the build with CUDA computes on the processor where it is the only one',
  async () => {
    const cache = await temporaryFolder();
    for (const folder of [tensorflowFolder, addonFolder]) {
      await symlink(folder(false)!, join(cache, basename(folder(true)!)));
    }
    const { stdout, stderr } = await runModule(compute, {
      PIXELRNN_ENGINE: 'node',
      PIXELRNN_CACHE_DIR: cache,
    });
    expect(stderr).toMatch(/^Engine: node \(TensorFlow /);
    expect(JSON.parse(stdout)).toMatchObject({ engine: 'node', ...computed });
  },
);

test('the engine gpu multiplies whole float32 where a GPU is there, else names cause and remedy', async () => {
  // 2049 has 12 bits: rounded to TF32, which has 11, it is 2048.
  const code = `
    const info = await engine.loadEngine();
    const a = tf.fill([256, 256], 2049);
    const product = tf.matMul(a, tf.ones([256, 256])).dataSync();
    const x = tf.reshape(a, [1, 16, 16, 256]);
    const convolved = tf.conv2d(x, tf.ones([1, 1, 256, 64]), 1, 'same').dataSync();
    console.log(JSON.stringify({ engine: info.engine, different: [...new Set([...product, ...convolved])] }));
  `;
  const { stdout, stderr, code: exitCode } = await runModule(code, { PIXELRNN_ENGINE: 'gpu' });
  if (installed?.gpu && hasNvidiaDriver()) {
    expect(stderr).toMatch(/^Engine: gpu \(TensorFlow \d+\.\d+\.\d+, \d+ threads?\)\.\n$/);
    expect(JSON.parse(stdout)).toEqual({ engine: 'gpu', different: [256 * 2049] });
    expect(exitCode).toBe(0);
  } else {
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /The engine 'gpu' cannot load: .+\. Run 'pnpm engine install --gpu' on a machine with /,
    );
  }
});

test('without any installation auto runs on wasm and says why the better ones do not', async () => {
  const { stdout, stderr } = await runModule(compute, { PIXELRNN_CACHE_DIR: await temporaryFolder() });
  expect(stderr).toMatch(/^Engine: wasm \(.*\)\. Not used: gpu: .+; node: .+\.\n$/);
  const { attempts, ...report } = JSON.parse(stdout);
  expect(report).toMatchObject({ engine: 'wasm', ...computed });
  expect(attempts).toEqual([
    { engine: 'gpu', loaded: false, reason: expect.stringMatching(/./) },
    { engine: 'node', loaded: false, reason: expect.stringMatching(/./) },
    { engine: 'wasm', loaded: true, reason: '' },
  ]);
});

test('a forced engine that is not installed is an error, after which another can be asked for', async () => {
  const code = `
    const error = await engine.loadEngine().catch((reason) => reason);
    const { engine: name } = await engine.loadEngine({ engine: 'cpu', quiet: true });
    console.log(JSON.stringify({ name, error: error.name, message: error.message, usage: error.usage }));
  `;
  const env = { PIXELRNN_ENGINE: 'node', PIXELRNN_CACHE_DIR: await temporaryFolder() };
  const { stdout, stderr } = await runModule(code, env);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    name: 'cpu',
    error: 'EngineError',
    message: expect.stringMatching(
      /^The engine 'node' cannot load: .+\. Run 'pnpm engine install', or unset /,
    ),
    usage: false,
  });
});

test('in one process there is one engine', async () => {
  const info = await loadEngine({ engine: 'cpu', quiet: true });
  expect(await loadEngine({ quiet: true })).toBe(info);
  expect(await loadEngine({ engine: 'auto', quiet: true })).toBe(info);
  await expect(loadEngine({ engine: 'wasm', quiet: true })).rejects.toThrow(
    "The engine 'wasm' was asked for, but 'cpu' already runs in this process",
  );
  await expect(loadEngine({ engine: 'webgl' as 'wasm' })).rejects.toThrow("The option 'engine' is 'webgl'");
});

test('an engine that is not given as an option is an error that says how', async () => {
  for (const options of ['wasm', null, { engin: 'wasm' }] as unknown as EngineOptions[]) {
    const error = await loadEngine(options).catch((reason) => reason);
    expect(error.message).toMatch(
      /^loadEngine takes options, such as loadEngine\(\{ engine: 'wasm' \}\), with the keys engine and quiet, but /,
    );
    expect(error).toMatchObject({ name: 'EngineError', usage: true });
  }
});

test("the README's examples run", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, example]) => example as string);
  const print = async (example: string, environment = {}) => {
    expect(example).toContain('@pixelrnn/engine');
    // The imports are what runModule provides already.
    const body = example
      .replace(/^import .*$/gm, '')
      .replaceAll(' as tf.Tensor', '')
      .replace('loadEngine(', 'engine.loadEngine(')
      .replace('new RecordedFunction', 'new engine.RecordedFunction');
    return runModule(body, environment);
  };
  const [product, repeated, ...others] = examples as [string, string];
  expect(others).toEqual([]);
  const { stdout, stderr } = await print(product, { PIXELRNN_ENGINE: 'wasm' });
  expect(stderr).toMatch(/^Engine: wasm/);
  expect(stdout).toContain('[[19, 22],');
  expect((await print(repeated)).stdout.match(/\d+/g)).toEqual(['3', '12', '27', '48', '75']);
});
