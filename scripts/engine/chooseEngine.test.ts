import { spawnSync } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineError, readComparison, tensorflowInstallation } from '@pixelrnn/engine';
import { cacheDir } from '@pixelrnn/files';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { nativeKernelsPath } from '@pixelrnn/kernels/native';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { chooseEngine, rivalsOf, verdict } from './chooseEngine.js';
import { compareEngines } from './compareEngines.js';

afterEach(() => vi.unstubAllEnvs());

const installed = tensorflowInstallation();
const slow = { PixelCNN: 100 };
const fast = { PixelCNN: 250 };
const comparison = (composed: typeof slow, fused: typeof slow) => ({
  composed: { engine: 'node' as const, speeds: composed },
  fused: { engine: 'wasm' as const, speeds: fused },
});
const brief = { milliseconds: 1, rounds: 1 };
const figures = 'PixelCNN 250 images/s against 100';

/** A cache with this machine's TensorFlow, and without the fused kernels. */
async function cacheWithoutKernels(): Promise<string> {
  const cache = await temporaryFolder();
  const own = cacheDir();
  const parts = (await readdir(own)).filter((name) => /^(tensorflow|tfjs-node)-/.test(name));
  for (const name of parts) await symlink(join(own, name), join(cache, name));
  vi.stubEnv('PIXELRNN_CACHE_DIR', cache);
  vi.stubEnv('PIXELRNN_KERNELS', undefined);
  return cache;
}

function doctor(environment: NodeJS.ProcessEnv): string {
  const script = fileURLToPath(new URL('../engine.ts', import.meta.url));
  const args = ['--conditions=@pixelrnn/source', '--import', 'tsx', script];
  const env = { ...process.env, PIXELRNN_ENGINE: 'auto', ...environment };
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  return stdout;
}

test('training is measured in processes of their own, on the engine and the kernels asked for', () => {
  const { wasm } = compareEngines({ wasm: { engine: 'wasm', kernels: 'fused' } }, brief);
  expect(wasm).toEqual({ PixelCNN: expect.any(Number), 'Diagonal BiLSTM': expect.any(Number) });
});

test('what cannot be measured is an error with the reason', async () => {
  vi.stubEnv('PIXELRNN_CACHE_DIR', await temporaryFolder());
  expect(() => compareEngines({ node: { engine: 'node', kernels: 'composed' } }, brief)).toThrow(
    /^Training on node with composed kernels cannot be measured: .*The engine 'node' cannot load: /,
  );
});

test('the engine that comes first is compared where it has no fused kernels', () => {
  expect(rivalsOf(undefined, false)).toBeUndefined();
  expect(rivalsOf(false, true)).toBeUndefined();
  expect(rivalsOf(false, false)).toEqual({ composed: 'node', fused: 'wasm' });
  expect(rivalsOf(true, true)).toEqual({ composed: 'gpu', fused: 'node' });
  expect(rivalsOf(true, false)).toEqual({ composed: 'gpu', fused: 'wasm' });
});

test("the verdict on a GPU tells both figures, and what it is for where the processor's fused kernels win", () => {
  const gpu = { missing: null, measured: null, composed: { engine: 'gpu' as const, speeds: slow } };
  expect(verdict({ ...gpu, fused: { engine: 'node', speeds: fast } })).toBe(
    `There are no fused kernels for GPUs. auto takes the processor: with the processor's fused ones training gives ${figures} with the GPU's composed ones. Large models may train faster with PIXELRNN_ENGINE=gpu.`,
  );
  expect(verdict({ ...gpu, fused: { engine: 'wasm', speeds: { PixelCNN: 50 } } })).toBe(
    "There are no fused kernels for GPUs. auto takes the GPU all the same: with WebAssembly's fused ones training gives PixelCNN 50 images/s against 100 with the GPU's composed ones.",
  );
});

test('without native TensorFlow nothing is measured or kept', async () => {
  vi.stubEnv('PIXELRNN_CACHE_DIR', await temporaryFolder());
  const measure = vi.fn(() => comparison(slow, fast));
  await chooseEngine('TensorFlow is not installed here', () => {}, measure);
  expect(measure).not.toHaveBeenCalled();
  expect(readComparison()).toBeUndefined();
});

describe.runIf(installed && !installed.gpu)('native TensorFlow without fused kernels', () => {
  test('is compared with WebAssembly once, and the faster one is used and told with both figures', async () => {
    const cache = await cacheWithoutKernels();
    expect(doctor({})).toMatch(
      /^Compared +not yet with WebAssembly, which may train faster: 'pnpm engine install'$/m,
    );
    const lines: string[] = [];
    const measure = vi.fn(() => comparison(slow, fast));
    for (let time = 0; time < 2; time++)
      await chooseEngine('no compiler', (line) => lines.push(line), measure);
    expect(measure).toHaveBeenCalledOnce();
    const told = `TensorFlow has no fused kernels here. auto takes WebAssembly: with WebAssembly's fused ones training gives ${figures} with TensorFlow's composed ones.`;
    expect(lines).toEqual([expect.stringMatching(/^Measuring whether/), told, told]);

    const said = doctor({});
    expect(said).toMatch(/^Engine +wasm, /m);
    expect(said).toMatch(/^Kernels +wasm$/m);
    expect(said).toContain(`Compared       ${told}`);
    expect(said).toContain(
      `Tried node     it has no fused kernels here, and WebAssembly with its own trains faster (${figures})`,
    );
    expect(doctor({ PIXELRNN_ENGINE: 'node' })).toMatch(/^Engine +node, /m);
    expect(doctor({ PIXELRNN_KERNELS: 'composed' })).toMatch(/^Engine +node, /m);

    const path = nativeKernelsPath()!;
    expect(path.startsWith(cache)).toBe(true);
    await mkdir(dirname(path));
    await writeFile(path, '');
    expect(readComparison()).toBeUndefined();
    await chooseEngine(undefined, (line) => lines.push(line), measure);
    expect(lines).toHaveLength(3);
    expect((await readdir(cache)).filter((name) => name.startsWith('engines-'))).toEqual([]);
  });

  test('is used where it trains faster, and where that cannot be measured', async () => {
    await cacheWithoutKernels();
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    await chooseEngine('no compiler', log, () => {
      throw new EngineError('Training on wasm cannot be measured: x.');
    });
    expect(lines[1]).toBe(
      'Training on wasm cannot be measured: x. It is not known which trains faster: auto takes TensorFlow where it can.',
    );
    await chooseEngine('no compiler', log, () => comparison(fast, slow));
    const said = doctor({});
    expect(said).toMatch(/^Engine +node, /m);
    expect(said).toMatch(
      /^Compared +TensorFlow has no fused kernels here\. auto takes TensorFlow all the same: .* PixelCNN 100 images\/s against 250 /m,
    );
  });
});
