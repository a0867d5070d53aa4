import { expect, test } from 'vitest';
import { type EngineLoader, reasons, runChain } from './chain.js';
import type { Preference } from './comparison.js';
import { EngineError } from './engineError.js';
import { type EngineName, engineNames, parseEngineName } from './engineName.js';

const works: EngineLoader = async () => ({ tensorflow: '9.9', threads: 3, simd: 8 });

/** Loaders of which all before `first` fail; `calls` records who was asked. */
function loadersUpTo(first: EngineName | 'none') {
  const calls: EngineName[] = [];
  const loader = (engine: EngineName): EngineLoader => {
    const fails = first === 'none' || engineNames.indexOf(engine) < engineNames.indexOf(first);
    return async () => {
      calls.push(engine);
      if (fails) throw new Error(`${engine} is broken.\nits stack`);
      return works();
    };
  };
  return {
    calls,
    loaders: { gpu: loader('gpu'), node: loader('node'), wasm: loader('wasm'), cpu: loader('cpu') },
  };
}

const wasmFirst: Preference = { engine: 'wasm', before: 'node', reason: 'it is slower' };

test.each(engineNames)('auto ends at %s when all better engines fail', async (first) => {
  const { calls, loaders } = loadersUpTo(first);
  const result = await runChain('auto', loaders);
  const expected = engineNames.slice(0, engineNames.indexOf(first) + 1);
  expect(result).toMatchObject({ engine: first, tensorflow: '9.9', threads: 3, simd: 8 });
  expect(calls).toEqual(expected);
  expect(result.attempts).toEqual(
    expected.map((engine) =>
      engine === first
        ? { engine, loaded: true, reason: '' }
        : { engine, loaded: false, reason: `${engine} is broken.` },
    ),
  );
});

test('auto with no engine at all names every reason', async () => {
  await expect(runChain('auto', loadersUpTo('none').loaders)).rejects.toThrow(
    "No engine loads: gpu: gpu is broken; node: node is broken; wasm: wasm is broken; cpu: cpu is broken. Run 'pnpm install'",
  );
});

test('where WebAssembly trains faster it comes before TensorFlow on the processor, which is named with the reason', async () => {
  const { calls, loaders } = loadersUpTo('node');
  const { engine, attempts } = await runChain('auto', loaders, wasmFirst);
  expect(engine).toBe('wasm');
  expect(calls).toEqual(['gpu', 'wasm']);
  expect(attempts).toEqual([
    { engine: 'gpu', loaded: false, reason: 'gpu is broken.' },
    { engine: 'node', loaded: false, reason: 'it is slower' },
    { engine: 'wasm', loaded: true, reason: '' },
  ]);
});

test('it comes after a GPU, and TensorFlow on the processor after it', async () => {
  const gpu = loadersUpTo('gpu');
  expect((await runChain('auto', gpu.loaders, wasmFirst)).engine).toBe('gpu');
  const { calls, loaders } = loadersUpTo('node');
  const broken = { ...loaders, wasm: async () => Promise.reject(new Error('wasm is broken')) };
  const { engine, attempts } = await runChain('auto', broken, wasmFirst);
  expect([engine, calls]).toEqual(['node', ['gpu', 'node']]);
  expect(attempts.map(({ engine, reason }) => [engine, reason])).toEqual([
    ['gpu', 'gpu is broken.'],
    ['wasm', 'wasm is broken'],
    ['node', ''],
  ]);
});

test.each([
  ['node', ['node', 'gpu', 'wasm', 'cpu']],
  ['wasm', ['wasm', 'gpu', 'node', 'cpu']],
] as const)('where %s trains faster than the GPU it comes before it', async (engine, order) => {
  const preferred: Preference = { engine, before: 'gpu', reason: 'it is slower' };
  const first = loadersUpTo('gpu');
  const { attempts } = await runChain('auto', first.loaders, preferred);
  expect(first.calls).toEqual([engine]);
  expect(attempts).toEqual([
    { engine: 'gpu', loaded: false, reason: 'it is slower' },
    ...(engine === 'wasm' ? [{ engine: 'node', loaded: false, reason: 'it has no fused kernels here' }] : []),
    { engine, loaded: true, reason: '' },
  ]);
  const none = loadersUpTo('none');
  await expect(runChain('auto', none.loaders, preferred)).rejects.toThrow('No engine loads');
  expect(none.calls).toEqual(order);
});

test.each(engineNames)('a forced %s is taken whatever trains faster', async (engine) => {
  const { calls, loaders } = loadersUpTo('gpu');
  const { attempts } = await runChain(engine, loaders, wasmFirst);
  expect(calls).toEqual([engine]);
  expect(attempts).toEqual([{ engine, loaded: true, reason: '' }]);
});

test.each(engineNames)('a forced %s is the only one tried', async (engine) => {
  const { calls, loaders } = loadersUpTo('gpu');
  expect((await runChain(engine, loaders)).engine).toBe(engine);
  expect(calls).toEqual([engine]);
});

test.each([
  ['gpu', 'pnpm engine install --gpu'],
  ['node', 'pnpm engine install'],
  ['wasm', 'pnpm install'],
  ['cpu', 'pnpm install'],
] as const)(
  'a forced %s that fails names cause and remedy and falls back to nothing',
  async (engine, remedy) => {
    const { calls, loaders } = loadersUpTo('none');
    const error: unknown = await runChain(engine, loaders).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).message).toContain(
      `The engine '${engine}' cannot load: ${engine} is broken. Run '${remedy}`,
    );
    expect((error as EngineError).cause).toBeInstanceOf(Error);
    expect(calls).toEqual([engine]);
  },
);

test('reasons leaves out the engine that runs', () => {
  expect(
    reasons([
      { engine: 'gpu', loaded: false, reason: 'no driver.' },
      { engine: 'node', loaded: true, reason: '' },
    ]),
  ).toBe('gpu: no driver');
});

test('an engine name is known, auto, or a usage error that lists the names', () => {
  expect(['', undefined, 'auto'].map((value) => parseEngineName(value, 'X'))).toEqual([
    'auto',
    'auto',
    'auto',
  ]);
  expect(engineNames.map((name) => parseEngineName(name, 'X'))).toEqual([...engineNames]);
  const unknown = () => parseEngineName('webgl', 'PIXELRNN_ENGINE');
  expect(unknown).toThrow(
    "PIXELRNN_ENGINE is 'webgl', which is no engine: expected one of auto, gpu, node, wasm, cpu.",
  );
  expect(unknown).toThrow(expect.objectContaining({ usage: true }));
});
