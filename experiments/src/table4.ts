import { loadBinarizedMnist } from '@pixelrnn/data';
import * as digits from './digitPresets.js';
import type { Experiment, ExperimentRow } from './experiment.js';
import { gatedPixelCNNRow, pixelCNNRow, pixelRNNRow } from './modelRows.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

const kinds = ['fixed', 'seeded', 'dynamic'] as const;

const smoke: TrainingSettings = {
  ...digits.smoke,
  steps: 60,
  validateEvery: 30,
  validImages: 200,
  testImages: 200,
  samples: 4,
};
const smokeRecurrent: TrainingSettings = { ...smoke, steps: 30, validImages: 100, testImages: 100 };
/**
 * Forty passes over the training images; twenty for the convolutional models, which take longer over one, and for the
 * Diagonal BiLSTM of seven layers, which gains nothing from more.
 */
const cpu: TrainingSettings = {
  ...digits.cpu,
  steps: 125_000,
  warmupSteps: 500,
  validateEvery: 6_250,
  samples: 64,
};
const paper: TrainingSettings = { ...digits.paper, samples: 64 };

/** Rows of recurrent models: the paper's depth and width, with residual connections as in its CIFAR-10 models. */
function recurrent(
  cell: 'row' | 'diagonal',
  { layers, h }: { layers: number; h: number },
  steps = cpu.steps,
) {
  const architecture = {
    layers,
    h,
    headWidth: 32,
    residual: true,
    skip: false,
    firstKernel: 7,
    kernelSize: 3,
  };
  return pixelRNNRow(cell, {
    smoke: { ...smokeRecurrent, ...architecture },
    cpu: { ...cpu, steps, ...architecture },
    paper: { ...paper, ...architecture },
  });
}

/**
 * The second paper has no binarized MNIST: depth and width of this row are chosen here, in `cpu` for as many parameters as
 * PixelCNN has.
 */
const gated = { skip: false, firstKernel: 7, kernelSize: 3 };

const quoted = (name: string, label: string, nats: number): ExperimentRow => ({
  name,
  label,
  paper: nats,
  paperSource: 'PixelRNN, Table 4',
});

/** Table 4 of PixelRNN: negative log-likelihood on the test split of binarized MNIST, in nats per image. */
export const table4: Experiment = {
  id: 'table4',
  title: 'PixelRNN, Table 4: binarized MNIST',
  metric: 'nats',
  canonicalDataset: 'binarized MNIST (fixed)',
  rows: [
    quoted('dbm', 'DBM 2hl (approximate)', 84.62),
    quoted('dbn', 'DBN 2hl (approximate)', 84.55),
    quoted('nade', 'NADE', 88.33),
    quoted('eonade', 'EoNADE 2hl (128 orderings)', 85.1),
    quoted('eonade5', 'EoNADE-5 2hl (128 orderings)', 84.68),
    quoted('dlgm', 'DLGM (approximate)', 86.6),
    quoted('dlgm8', 'DLGM, 8 leapfrog steps (approximate)', 85.51),
    quoted('darn', 'DARN 1hl (approximate)', 84.13),
    quoted('made', 'MADE 2hl (32 masks)', 86.64),
    quoted('draw', 'DRAW (upper bound)', 80.97),
    {
      ...quoted('pixelcnn', 'PixelCNN', 81.3),
      ownSizes: 'the paper gives neither depth nor width',
      // The paper gives neither depth nor width of this row: its Diagonal BiLSTM's stand in for them in `paper`, and `cpu`
      // is deeper, which gains more than width does in the same time.
      model: pixelCNNRow({
        smoke: { ...smoke, blocks: 2, h: 8, headWidth: 16, firstKernel: 7, kernelSize: 3 },
        cpu: { ...cpu, steps: 62_500, blocks: 20, h: 16, headWidth: 32, firstKernel: 7, kernelSize: 3 },
        paper: { ...paper, blocks: 7, h: 16, headWidth: 32, firstKernel: 7, kernelSize: 3 },
      }),
    },
    {
      ...quoted('row-lstm', 'Row LSTM', 80.54),
      ownSizes: 'the paper gives neither depth nor width',
      model: recurrent('row', { layers: 7, h: 16 }),
    },
    {
      ...quoted('diagonal-bilstm-1x32', 'Diagonal BiLSTM (1 layer, h = 32)', 80.75),
      model: recurrent('diagonal', { layers: 1, h: 32 }),
    },
    {
      ...quoted('diagonal-bilstm-7x16', 'Diagonal BiLSTM (7 layers, h = 16)', 79.2),
      model: recurrent('diagonal', { layers: 7, h: 16 }, 62_500),
    },
    {
      name: 'gated-pixelcnn',
      label: 'Gated PixelCNN (not in the paper)',
      paper: null,
      paperSource: null,
      ownSizes: 'no row of the paper',
      model: gatedPixelCNNRow({
        smoke: { ...smoke, ...gated, layers: 1, filters: 8, headWidth: 16 },
        cpu: { ...cpu, ...gated, steps: 62_500, layers: 12, filters: 16, headWidth: 32 },
        paper: { ...paper, ...gated, layers: 8, filters: 32, headWidth: 32 },
      }),
    },
  ],
  datasets: kinds,
  loadData({ data }, { dataDir }) {
    return loadBinarizedMnist({ kind: data as (typeof kinds)[number], dataDir });
  },
};
