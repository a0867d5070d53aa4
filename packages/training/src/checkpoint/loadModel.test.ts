import { mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTrainingConfig } from '../trainingConfig.js';
import { saveCheckpoint } from './checkpoint.js';
import { loadModel } from './loadModel.js';

let folder: string;
let model: tf.LayersModel;
let saved: string;
beforeAll(async () => {
  await loadEngine({ quiet: true });
  folder = await mkdtemp(join(tmpdir(), 'pixelrnn-load-'));
  const size = { height: 4, width: 4, colors: 1, levels: 2, headWidth: 4, firstKernel: 3 };
  model = pixelCNN({ ...size, blocks: 1, h: 3, seed: 5 });
  saved = await save(model, join(folder, 'saved'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What `model.save` of TensorFlow.js writes under Node. */
async function save(written: tf.LayersModel, into: string): Promise<string> {
  await mkdir(into, { recursive: true });
  await written.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await writeFile(join(into, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
      await writeFile(join(into, 'weights.bin'), new Uint8Array(weightData as ArrayBuffer));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return into;
}

const weights = (of: tf.LayersModel) => of.getWeights().map((weight) => [...weight.dataSync()]);

describe('loadModel', () => {
  it('takes a run folder and its checkpoint', async () => {
    const run = join(folder, 'run');
    const options = { steps: 9, batchSize: 2, seed: 1, learningRate: 1e-3, logEvery: 3, validateEvery: 9 };
    await saveCheckpoint(join(run, 'checkpoint'), model, {
      progress: {
        step: 1,
        seconds: 1,
        updates: 1,
        skipped: 0,
        logged: 1,
        validated: 0,
        window: { totals: [0, 0], finite: [0, 0], steps: 0 },
        best: null,
      },
      identity: {
        config: { ...parseTrainingConfig(options) },
        data: { name: 'stripes', images: 8, shape: [4, 4, 1], levels: 2 },
        nextBatch: 'ab12',
      },
      engine: 'wasm, composed kernels',
      tensors: {},
    });
    const paths = [run, join(run, 'checkpoint'), join(run, 'checkpoint', 'model.json')];
    for (const path of paths) expect(weights(await loadModel(path))).toEqual(weights(model));
  });

  it('takes a saved model, by its folder and by its file', async () => {
    for (const path of [saved, join(saved, 'model.json')]) {
      expect(weights(await loadModel(path))).toEqual(weights(model));
    }
  });

  it('takes a run of the committed results, which has the model in a folder of its own', async () => {
    const run = join(folder, 'adopted');
    await save(model, join(run, 'model'));
    expect(weights(await loadModel(run))).toEqual(weights(model));
  });

  it('names what is missing or torn', async () => {
    const absent = join(folder, 'absent');
    await expect(loadModel(absent)).rejects.toThrow(`${absent} is not there: expected a run folder`);
    const empty = join(folder, 'empty');
    await mkdir(join(empty, 'checkpoint'), { recursive: true });
    await expect(loadModel(empty)).rejects.toThrow(`${empty} holds no checkpoint: expected model.json`);
    const torn = await save(model, join(folder, 'torn'));
    await truncate(join(torn, 'weights.bin'), 40);
    await expect(loadModel(torn)).rejects.toThrow(/should be \d+ bytes, but 40 are there/);
    await rename(join(torn, 'weights.bin'), join(torn, 'other.bin'));
    await expect(loadModel(torn)).rejects.toThrow('reading it gave ENOENT: save the model again');
  });

  it('takes the address that model.save takes', async () => {
    expect(weights(await loadModel(`file://${saved}`))).toEqual(weights(model));
  });

  it('refuses weights that are not finite', async () => {
    const spoilt = await save(model, join(folder, 'spoilt'));
    const path = join(spoilt, 'weights.bin');
    await writeFile(path, (await readFile(path)).fill(0xff, 40, 44));
    await expect(loadModel(spoilt)).rejects.toThrow(
      /spoilt\/model\.json should be finite numbers, but some are not/,
    );
  });

  it('names the class of a layer that is not registered', async () => {
    const own = await save(model, join(folder, 'own'));
    const path = join(own, 'model.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"MaskedConv2D"', '"OwnConv2D"'));
    await expect(loadModel(own)).rejects.toThrow(
      `The model in ${own} has a layer of the class OwnConv2D, which TensorFlow.js does not know here: import the file`,
    );
  });

  it('advises nobody to remove a folder that holds something else', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'model.json'), '{"weights": 3}');
    const error = await loadModel(other).catch((error: Error) => error.message);
    expect(error).toContain('Give a run folder, its checkpoint/ or a model that model.save wrote.');
    expect(error).not.toContain('emove');
  });
});
