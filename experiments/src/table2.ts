import { loadCifar10 } from '@pixelrnn/data';
import { ablation, kernels, paper, quoted, smoke } from './colorPresets.js';
import type { Experiment } from './experiment.js';
import { pixelRNNRow } from './modelRows.js';

const row = quoted('PixelRNN, Table 2');

/** Twelve layers in every row; `smoke` has two. Without connections the higher rates learn nothing (recipes.json of the results). */
function rowLSTM(connections: { residual: boolean; skip: boolean }) {
  const learningRate = connections.residual || connections.skip ? 1.2e-2 : 3e-3;
  const architecture = { ...kernels, ...connections };
  return pixelRNNRow('row', {
    smoke: { ...smoke, ...architecture, layers: 2, h: 6, headWidth: 12 },
    cpu: { ...ablation, learningRate, ...architecture, layers: 12, h: 16, headWidth: 64 },
    paper: { ...paper, ...architecture, layers: 12, h: 128, headWidth: 1024 },
  });
}

/** Table 2 of PixelRNN: residual and skip connections in a 12-layer Row LSTM, validation split of CIFAR-10, bits per dimension. */
export const table2: Experiment = {
  id: 'table2',
  title: 'PixelRNN, Table 2: residual and skip connections, CIFAR-10',
  metric: 'bits/dim',
  split: 'valid',
  canonicalDataset: 'CIFAR-10',
  rows: [
    {
      ...row('plain', 'No residual, no skip', 3.22, { recalled: true }),
      model: rowLSTM({ residual: false, skip: false }),
    },
    { ...row('skip', 'Skip', 3.09), model: rowLSTM({ residual: false, skip: true }) },
    { ...row('residual', 'Residual', 3.07), model: rowLSTM({ residual: true, skip: false }) },
    { ...row('residual-skip', 'Residual and skip', 3.06), model: rowLSTM({ residual: true, skip: true }) },
  ],
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
};
