import { loadCifar10 } from '@pixelrnn/data';
import { gaussianRow, uniformRow } from './closedFormRows.js';
import { cpu, kernels, paper, smoke } from './colorPresets.js';
import type { Experiment, ExperimentRow } from './experiment.js';
import { pixelCNNRow, pixelRNNRow } from './modelRows.js';

/** The same for all three rows: unclipped, a Diagonal BiLSTM of three layers diverged at 4.8e-2. The paper does not mention clipping. */
const clipping = { clipNorm: 1000 } as const;

/** Rows of recurrent models: 12 layers with residual and skip connections in the paper (Table 1, section 5.2). */
function recurrent(cell: 'row' | 'diagonal') {
  const architecture = { ...kernels, residual: true, skip: true };
  return pixelRNNRow(cell, {
    smoke: { ...smoke, ...architecture, layers: 1, h: 6, headWidth: 12 },
    cpu: { ...cpu, ...clipping, ...architecture, layers: 6, h: 24, headWidth: 96 },
    paper: { ...paper, ...architecture, layers: 12, h: 128, headWidth: 1024 },
  });
}

const quoted = (name: string, label: string, bits: number, train?: number): ExperimentRow => ({
  name,
  label,
  paper: bits,
  paperSource: `PixelRNN, Table 5${train === undefined ? '' : ` (train ${train.toFixed(2)})`}`,
});

/** Table 5 of PixelRNN: negative log-likelihood on the test split of CIFAR-10, in bits per dimension. */
export const table5: Experiment = {
  id: 'table5',
  title: 'PixelRNN, Table 5: CIFAR-10',
  metric: 'bits/dim',
  canonicalDataset: 'CIFAR-10',
  recipeNote:
    'Row LSTM after 1,000 steps clipped at 1,000, validation: three layers 4.356 (1.2e-2) and 4.249 (2.4e-2), six layers 4.264 and 4.152. Unclipped and of three layers, the Diagonal BiLSTM diverged at 4.8e-2 after 1,600 steps.',
  rows: [
    { ...quoted('uniform', 'Uniform distribution', 8), closedForm: uniformRow },
    // The paper quotes 4.70 from earlier work, which does not say how it was fitted; packages/metrics/README.md has more.
    { ...quoted('gaussian', 'Multivariate Gaussian', 4.7), closedForm: gaussianRow },
    quoted('nice', 'NICE', 4.48),
    quoted('deep-diffusion', 'Deep Diffusion', 4.2),
    quoted('deep-gmms', 'Deep GMMs', 4.0),
    quoted('ride', 'RIDE', 3.47),
    {
      ...quoted('pixelcnn', 'PixelCNN', 3.14, 3.08),
      model: pixelCNNRow({
        smoke: { ...smoke, blocks: 1, h: 6, headWidth: 12, ...kernels },
        cpu: { ...cpu, ...clipping, ...kernels, blocks: 12, h: 30, headWidth: 96 },
        paper: { ...paper, blocks: 15, h: 128, headWidth: 1024, ...kernels },
      }),
    },
    { ...quoted('row-lstm', 'Row LSTM', 3.07, 3.0), model: recurrent('row') },
    { ...quoted('diagonal-bilstm', 'Diagonal BiLSTM', 3.0, 2.93), model: recurrent('diagonal') },
  ],
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
};
