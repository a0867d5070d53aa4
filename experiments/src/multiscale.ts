import { loadCifar10 } from '@pixelrnn/data';
import { sample } from '@pixelrnn/generation';
import { multiScale, multiScaleImage, multiScaleSchema, pixelRNNSchema, scalesOf } from '@pixelrnn/models';
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

const singleScale = pixelRNNRow('row', {
  smoke: { ...smoke, ...architecture, layers: 1, h: 6, headWidth: 12 },
  cpu: { ...cpu, ...architecture, layers: 2, h: 16, headWidth: 64 },
  paper: { ...paper, ...architecture, layers: 12, h: 128, headWidth: 1024 },
});

const multi = rowModel<typeof multiScaleSettings.shape>({
  settings: multiScaleSettings,
  presets: {
    smoke: { ...smoke, stride: 4, conditionMaps: 4, smallLayers: 1, layers: 1, h: 6, headWidth: 12 },
    cpu: { ...cpu, stride: 4, conditionMaps: 16, smallLayers: 2, layers: 2, h: 16, headWidth: 64 },
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
  /** The small image first, then the rest of the large one around it. */
  async draw(model, options) {
    const { count, height, width, colors } = options;
    const { stride, unconditional, conditional } = scalesOf(model);
    const [rows, columns] = [height / stride, width / stride];
    const { onProgress: _, ...small } = { ...options, height: rows, width: columns };
    const drawn = await sample(unconditional, small);
    const start = new Uint8Array(count * height * width * colors);
    for (let i = 0; i < drawn.length; i += colors) {
      const pixel = i / colors;
      const image = Math.floor(pixel / (rows * columns));
      const row = Math.floor(pixel / columns) % rows;
      const at = ((image * height + row * stride) * width + (pixel % columns) * stride) * colors;
      start.set(drawn.subarray(i, i + colors), at);
    }
    return sample(conditional, { ...options, start });
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
      model: singleScale,
    },
    { name: 'multi-scale', label: 'Multi-scale Row LSTM', paper: null, paperSource: null, model: multi },
  ],
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
};
