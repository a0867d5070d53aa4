import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { buildPlanExecutor } from '@pixelrnn/kernels/native';
import { pixelCNN, planOf } from '@pixelrnn/models';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { generate } from './generate.js';

beforeAll(() => loadEngine({ quiet: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('a native build that does not load is told of, and WebAssembly draws the same images', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const plan = planOf(pixelCNN({ height: 4, width: 4, colors: 1, levels: 2, blocks: 1, h: 2, headWidth: 4 }));
  const built = await buildPlanExecutor();
  if ('unavailable' in built) throw new Error(built.unavailable);
  const images = await generate(plan, { count: 2, seed: 3 });
  const cache = await temporaryFolder();
  const folder = join(cache, basename(built.folder));
  await mkdir(folder);
  await writeFile(join(folder, 'plan.node'), '');
  vi.stubEnv('PIXELRNN_CACHE_DIR', cache);
  expect(await generate(plan, { count: 2, seed: 3 })).toEqual(images);
  expect(await generate(plan, { count: 2, seed: 3 })).toEqual(images);
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^The native executor of plans does not load \(.*plan\.node.*\): run `pnpm engine install`\. WebAssembly runs instead, slower, with the same results\.$/,
      ),
    ],
  ]);
  await expect(generate(plan, { count: 2, seed: 3, build: 'native' })).rejects.toThrow(
    /^build: the native one does not load \(.*plan\.node.*\); run `pnpm engine install`, or take 'wasm' or 'auto'\.$/,
  );
});

test('one that is not there is not', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const plan = planOf(pixelCNN({ height: 4, width: 4, colors: 1, levels: 2, blocks: 1, h: 2, headWidth: 4 }));
  vi.stubEnv('PIXELRNN_CACHE_DIR', await temporaryFolder());
  expect(await generate(plan, { count: 2, seed: 3 })).toHaveLength(32);
  expect(warn).not.toHaveBeenCalled();
  await expect(generate(plan, { count: 2, seed: 3, build: 'native' })).rejects.toThrow(
    "build: the native one is not built for this processor; run `pnpm engine install`, or take 'wasm' or 'auto'.",
  );
});
