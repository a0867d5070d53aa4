import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { generate } from '@pixelrnn/generation';
import { gatedPixelCNN } from '@pixelrnn/models';
import { imageGrid } from '@pixelrnn/plots';
import { beforeAll, expect, it } from 'vitest';
import type { Experiment } from '../experiment.js';
import { gatedPixelCNNRow } from '../modelRows.js';
import { drawPictures } from './pictures.js';
import { runExperiment } from './runExperiment.js';

beforeAll(() => loadEngine({ quiet: true }));

const size = { height: 4, width: 5 };
const labelled = new ImageDataset({
  ...{ name: 'two classes', kind: 'seeded', levels: 2, channels: 1, ...size },
  images: Uint8Array.from({ length: 12 * 20 }, (_, i) => (i >> (i % 3)) & 1),
  labels: Uint8Array.from({ length: 12 }, (_, i) => i % 2),
});
const data = { train: labelled, valid: labelled, test: labelled };

it('draws the classes of a class-conditional model in turn', async () => {
  const sizes = { ...size, colors: 1, levels: 2, layers: 1, filters: 4, headWidth: 4 };
  const model = gatedPixelCNN({ ...sizes, conditionSize: 3, seed: 3 });
  const row = { model: gatedPixelCNNRow({} as Parameters<typeof gatedPixelCNNRow>[0]) };
  const pictures = await drawPictures(row, model, { data, count: 5, seed: 7 });
  const images = await generate(model, { count: 5, seed: 7, condition: [0, 1, 2, 0, 1] });
  const expected = await imageGrid({ ...size, channels: 1, levels: 2, images, count: 5, columns: 3 });
  expect(Object.keys(pictures)).toEqual(['samples.png']);
  expect(pictures['samples.png']?.equals(expected)).toBe(true);
  model.dispose();
});

it('finishes a class-conditional row that has no pictures of its own', async () => {
  const preset = {
    ...{ data: 'two', steps: 2, batchSize: 4, learningRate: 1e-3, logEvery: 1, validateEvery: 2 },
    ...{ testImages: null, trainImages: 0, samples: 3, tensorBoard: false },
    ...{ layers: 1, filters: 2, headWidth: 2, skip: false, firstKernel: 3, kernelSize: 3 },
  };
  const model = gatedPixelCNNRow({ smoke: preset, cpu: preset, paper: preset }, { conditionSize: 2 });
  const experiment: Experiment = {
    ...{ id: 'by-class', title: 'By class', metric: 'nats', canonicalDataset: 'two classes' },
    rows: [{ name: 'gated', label: 'Gated', paper: null, paperSource: null, model }],
    datasets: ['two'],
    loadData: async () => data,
  };
  const out = await temporaryFolder();
  const { failures } = await runExperiment(experiment, { preset: 'smoke', out, log: () => {} });
  expect(failures).toEqual([]);
  const files = await readdir(join(out, 'by-class', 'runs', 'gated', 'seed-0'));
  expect(files).toEqual(expect.arrayContaining(['result.json', 'samples.png']));
});
