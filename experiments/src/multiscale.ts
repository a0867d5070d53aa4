import { loadCifar10 } from '@pixelrnn/data';
import { multiScale, multiScaleImage, multiScaleSchema, pixelRNNSchema } from '@pixelrnn/models';
import { z } from 'zod';
import { ablation, kernels, paper, smoke } from './colorPresets.js';
import { type Experiment, rowModel } from './experiment.js';
import { pixelRNNRow } from './modelRows.js';

const { stride, conditionMaps } = multiScaleSchema.shape;
const { layers, h, headWidth } = pixelRNNSchema.shape;

/** Both networks of a multi-scale model have the same depth and width; the small one has its own number of layers. */
const multiScaleSettings = z.strictObject({
  stride,
  conditionMaps,
  smallLayers: layers,
  layers,
  h,
  headWidth,
});

const architecture = { ...kernels, residual: true, skip: true };
// Compared with samples too, which the ablations of likelihood alone do without; on the test split, whole.
const cpu = { ...ablation, testImages: null, validImages: 500, samples: 16 };

const ownSizes = 'the paper gives neither sizes nor likelihoods';

const singleScale = pixelRNNRow('row', {
  smoke: { ...smoke, ...architecture, layers: 1, h: 6, headWidth: 12 },
  cpu: { ...cpu, ...architecture, layers: 2, h: 16, headWidth: 64 },
  paper: { ...paper, ...architecture, layers: 12, h: 128, headWidth: 1024 },
});

const multi = rowModel<typeof multiScaleSettings.shape>({
  settings: multiScaleSettings,
  presets: {
    smoke: { ...smoke, stride: 4, conditionMaps: 4, smallLayers: 1, layers: 1, h: 6, headWidth: 12 },
    cpu: {
      ...cpu,
      learningRate: 1.2e-2,
      stride: 4,
      conditionMaps: 16,
      smallLayers: 2,
      layers: 2,
      h: 16,
      headWidth: 64,
    },
    paper: { ...paper, stride: 4, conditionMaps: 128, smallLayers: 12, layers: 12, h: 128, headWidth: 1024 },
  },
  build({ stride, conditionMaps, smallLayers, layers, h, headWidth }, shape, seed) {
    const network = { cell: 'row', ...architecture, h, headWidth } as const;
    const unconditional = { ...network, layers: smallLayers };
    const options = {
      ...shape,
      stride,
      conditionMaps,
      unconditional,
      conditional: { ...network, layers },
      seed,
    };
    return multiScaleImage(multiScale(options));
  },
});

/**
 * Section 3.6 of PixelRNN: one Row LSTM over all pixels against a multi-scale model, an unconditional network on the 8x8
 * image of every fourth pixel and a conditional one for the rest. Both have exact likelihoods of the whole image. The
 * paper shows samples and gives no likelihoods, nor the sizes of these networks; `paper` has those of Table 1.
 */
export const multiscale: Experiment = {
  id: 'multiscale',
  title: 'PixelRNN, section 3.6: single-scale against multi-scale, CIFAR-10',
  metric: 'bits/dim',
  canonicalDataset: 'CIFAR-10',
  rows: [
    {
      name: 'single-scale',
      label: 'Single-scale Row LSTM',
      paper: null,
      paperSource: null,
      ownSizes,
      model: singleScale,
    },
    {
      name: 'multi-scale',
      label: 'Multi-scale Row LSTM',
      paper: null,
      paperSource: null,
      ownSizes,
      model: multi,
    },
  ],
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
};
