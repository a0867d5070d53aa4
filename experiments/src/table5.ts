import { loadCifar10 } from '@pixelrnn/data';
import { gaussianRow, uniformRow } from './closedFormRows.js';
import type { Experiment, ExperimentRow } from './experiment.js';
import { pixelCNNRow, pixelRNNRow } from './modelRows.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

// A step on 32x32x3 with 256 levels costs many times one of Table 4: smoke runs are short and draw no samples.
const smoke: TrainingSettings = {
  data: 'cifar10',
  steps: 10,
  maxSeconds: null,
  batchSize: 8,
  learningRate: 2e-3,
  logEvery: 2,
  validateEvery: 10,
  validImages: 16,
  testImages: 16,
  trainImages: 0,
  samples: 0,
};
const cpu: TrainingSettings = {
  ...smoke,
  steps: 50_000,
  batchSize: 16,
  learningRate: 1e-3,
  logEvery: 100,
  validateEvery: 2_500,
  validImages: 500,
  testImages: null,
  trainImages: 1_000,
  samples: 16,
};
const paper: TrainingSettings = { ...cpu, steps: 500_000, learningRate: 5e-4, validImages: null };

/** Rows of recurrent models: 12 layers with residual and skip connections in the paper (Table 1, section 5.2). */
function recurrent(cell: 'row' | 'diagonal') {
  const architecture = { residual: true, skip: true, firstKernel: 7, kernelSize: 3 };
  return pixelRNNRow(cell, {
    smoke: { ...smoke, ...architecture, layers: 1, h: 6, headWidth: 12 },
    cpu: { ...cpu, ...architecture, layers: 3, h: 24, headWidth: 96 },
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
        smoke: { ...smoke, blocks: 1, h: 6, headWidth: 12, firstKernel: 7, kernelSize: 3 },
        cpu: { ...cpu, blocks: 6, h: 30, headWidth: 96, firstKernel: 7, kernelSize: 3 },
        paper: { ...paper, blocks: 15, h: 128, headWidth: 1024, firstKernel: 7, kernelSize: 3 },
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
