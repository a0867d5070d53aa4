import { loadCifar10 } from '@pixelrnn/data';
import { clipped, cpu, kernels, paper, quoted, smoke } from './colorPresets.js';
import type { Experiment } from './experiment.js';
import { gatedPixelCNNRow } from './modelRows.js';

const table1 = (name: string, label: string, bits: number, train?: number) =>
  quoted(`Gated PixelCNN, Table 1${train === undefined ? '' : ` (train ${train.toFixed(2)})`}`)(
    name,
    label,
    bits,
  );

/**
 * Table 1 of *Conditional Image Generation with PixelCNN Decoders*: CIFAR-10, bits per dimension of the test split. The paper
 * does not give the size of this row; `paper` has that of its model for ImageNet, recalled and not read again.
 */
export const gatedTable1: Experiment = {
  id: 'gated-table1',
  title: 'Gated PixelCNN, Table 1: CIFAR-10',
  recipeNote: 'The run has the clipping that is best after 1,000 steps.',
  metric: 'bits/dim',
  canonicalDataset: 'CIFAR-10',
  rows: [
    table1('uniform', 'Uniform distribution', 8),
    table1('gaussian', 'Multivariate Gaussian', 4.7),
    table1('nice', 'NICE', 4.48),
    table1('deep-diffusion', 'Deep Diffusion', 4.2),
    table1('draw', 'DRAW', 4.13),
    table1('deep-gmms', 'Deep GMMs', 4),
    table1('conv-draw', 'Conv DRAW', 3.58, 3.57),
    table1('ride', 'RIDE', 3.47),
    table1('pixelcnn', 'PixelCNN', 3.14, 3.08),
    table1('pixelrnn', 'PixelRNN', 3, 2.93),
    {
      ...table1('gated-pixelcnn', 'Gated PixelCNN', 3.03, 2.9),
      ownSizes: 'the paper gives no sizes of this model',
      model: gatedPixelCNNRow({
        smoke: { ...smoke, ...kernels, skip: false, layers: 1, filters: 6, headWidth: 12 },
        cpu: { ...cpu, ...clipped, ...kernels, skip: true, layers: 6, filters: 36, headWidth: 96 },
        paper: {
          ...paper,
          skip: true,
          layers: 20,
          filters: 384,
          headWidth: 1024,
          firstKernel: 7,
          kernelSize: 5,
        },
      }),
    },
  ],
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
};
