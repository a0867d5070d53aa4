import { loadImageNet } from '@pixelrnn/data';
import { clipped, cpu, kernels, paper, quoted, smoke } from './colorPresets.js';
import type { Experiment } from './experiment.js';
import { gatedPixelCNNRow } from './modelRows.js';
import { skipBadSetting } from './skipBad.js';

const sizes = { imagenet32: 32, imagenet64: 64 } as const;
type Data = keyof typeof sizes;

const table2 = (name: string, label: string, bits: number, train: number, recalled = false) =>
  quoted(`Gated PixelCNN, Table 2 (train ${train.toFixed(2)})`)(name, label, bits, { recalled });

/** 20 layers of 384 maps with kernels of 5x5 and batches of 128, recalled and not read again; for 64x64 nothing is given. */
function gated(data: Data) {
  const small = data === 'imagenet32';
  return gatedPixelCNNRow({
    smoke: {
      ...smoke,
      ...kernels,
      data,
      batchSize: small ? smoke.batchSize : 2,
      skip: false,
      layers: 1,
      filters: 6,
      headWidth: 12,
    },
    // The samples' 20,000 and 3,000 images three and five times, as the Row LSTMs of PixelRNN's Table 6.
    cpu: {
      ...cpu,
      ...clipped,
      ...kernels,
      data,
      steps: 3_750,
      batchSize: small ? 16 : 4,
      validateEvery: small ? 750 : 1_250,
      validImages: small ? 500 : 100,
      trainImages: small ? 1_000 : 250,
      skip: true,
      layers: 5,
      filters: 36,
      headWidth: small ? 96 : 64,
    },
    paper: {
      ...paper,
      data,
      batchSize: 128,
      skip: true,
      layers: 20,
      filters: 384,
      headWidth: 1024,
      firstKernel: 7,
      kernelSize: 5,
    },
  });
}

/**
 * Table 2 of *Conditional Image Generation with PixelCNN Decoders*: small ImageNet, bits per dimension of the validation
 * images, which are the test split here. Results on other versions of small ImageNet and on samples of it carry their name.
 */
export const gatedTable2: Experiment = {
  id: 'gated-table2',
  title: 'Gated PixelCNN, Table 2: small ImageNet, validation images',
  recipeNote:
    'The runs have rate and clipping of Table 1, whose tries are above: these three are from before gradients were clipped.',
  metric: 'bits/dim',
  splitName: 'validation',
  canonicalDataset: 'small ImageNet (van den Oord et al.)',
  rows: [
    table2('conv-draw-32x32', 'Conv DRAW, 32x32', 4.4, 4.35),
    table2('pixelrnn-32x32', 'PixelRNN, 32x32', 3.86, 3.83),
    {
      ...table2('gated-pixelcnn-32x32', 'Gated PixelCNN, 32x32', 3.83, 3.77),
      recalledSettings: ['layers', 'filters', 'kernelSize', 'batchSize'],
      model: gated('imagenet32'),
    },
    table2('conv-draw-64x64', 'Conv DRAW, 64x64', 4.1, 4.04),
    table2('pixelrnn-64x64', 'PixelRNN, 64x64', 3.63, 3.57),
    {
      ...table2('gated-pixelcnn-64x64', 'Gated PixelCNN, 64x64', 3.57, 3.48, true),
      ownSizes: 'the paper gives no sizes of this model',
      model: gated('imagenet64'),
    },
  ],
  datasets: Object.keys(sizes),
  dataSettings: skipBadSetting,
  loadData({ data, skipBad }, { dataDir }) {
    return loadImageNet({ size: sizes[data as Data], dataDir, skipBad: skipBad === true });
  },
};
