import { loadEngine } from '@pixelrnn/engine';
import { reachedImports } from '@pixelrnn/files/testing';
import { decodePlan, encodePlan, wasmExecutor } from '@pixelrnn/kernels/plan';
import { planOf } from '@pixelrnn/models';
import type * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { compress } from './codec/compress.js';
import { generate } from './generate.js';
import { compressPlan, noiseOf } from './plan.js';
import { kinds, noisyImages, withRandomWeights } from './testing/models.js';

beforeAll(() => loadEngine({ quiet: true }));

const planFile = () =>
  encodePlan(
    planOf(withRandomWeights((kinds['Diagonal BiLSTM, 2 levels'] as () => tf.LayersModel)(), 1, 0.4)),
  );

test('what a plan alone needs reaches no TensorFlow.js', () => {
  expect(reachedImports(new URL('./plan.ts', import.meta.url))).toEqual([
    '#nativeExecutor',
    '@pixelrnn/cell',
    '@pixelrnn/kernels/options',
    '@pixelrnn/kernels/plan',
    '@pixelrnn/random',
    'zod',
  ]);
});

test('a plan read from its file is compressed with into the bytes of compress', async () => {
  const plan = decodePlan(planFile());
  const images = noisyImages(3 * plan.height * plan.width * plan.colors, plan.levels, 4);
  expect(await compressPlan(plan, images)).toEqual(await compress(plan, images));
  await expect(compressPlan(plan, images.subarray(1))).rejects.toMatchObject({ code: 'usage' });
});

test('the noise drives an executor to the images of generate', async () => {
  const plan = decodePlan(planFile());
  const perImage = plan.height * plan.width * plan.colors;
  const executor = await wasmExecutor(plan);
  const run = executor.start({
    mode: 'draw',
    count: 5,
    uniforms: noiseOf({ seed: 7, first: 0, count: 5, perImage }),
  });
  run.advance();
  expect(run.intensities()).toEqual(await generate(plan, { count: 5, seed: 7 }));
});
