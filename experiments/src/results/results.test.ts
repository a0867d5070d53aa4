import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '@pixelrnn/engine';
import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { staleTexts } from './generate.js';
import { loadPretrained, pretrainedModels, resultsFolder } from './loadPretrained.js';

const readme = fileURLToPath(new URL('../../../README.md', import.meta.url));

it('the committed texts are what pnpm results generates from the committed runs', async () => {
  expect(await staleTexts({ results: resultsFolder, readme })).toEqual([]);
});

describe('loadPretrained', () => {
  it('gives the models of the committed results, ready to use', async () => {
    await loadEngine({ quiet: true });
    const names = [...(await pretrainedModels()).keys()];
    expect(names).toContain('table4/diagonal-bilstm-7x16');
    const model = await loadPretrained('table4/diagonal-bilstm-7x16');
    expect(model.countParams()).toBe(66_241);
    expect((model.outputs[0] as tf.SymbolicTensor).shape).toEqual([null, 28, 28, 1]);
    model.dispose();
  });

  it('offers the names that there are', async () => {
    await expect(loadPretrained('table4/diagonal-bilstm')).rejects.toThrow(
      /^No trained model table4\/diagonal-bilstm: expected one of .*\. Did you mean .*table4\/diagonal-bilstm-/,
    );
    await expect(loadPretrained('table4/pixelcnn', '/nowhere')).rejects.toThrow('none is committed');
  });

  it('is described by a card that says how to load it', async () => {
    const folder = (await pretrainedModels()).get('table4/diagonal-bilstm-7x16');
    const card = await readFile(`${folder}/MODEL.md`, 'utf8');
    expect(card).toContain("loadPretrained('table4/diagonal-bilstm-7x16')");
    expect(card).toContain('binarized MNIST (fixed)');
  });
});
