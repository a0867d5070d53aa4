import { loadCifar10 } from '@pixelrnn/data';
import { ablation, kernels, paper, quoted, smoke } from './colorPresets.js';
import type { Experiment } from './experiment.js';
import { pixelRNNRow } from './modelRows.js';

const row = quoted('PixelRNN, Table 3');

function rowLSTM(layers: number) {
  const architecture = { ...kernels, layers, residual: true, skip: true };
  return pixelRNNRow('row', {
    smoke: { ...smoke, ...architecture, h: 6, headWidth: 12 },
    cpu: { ...ablation, ...architecture, h: 16, headWidth: 64 },
    paper: { ...paper, ...architecture, h: 128, headWidth: 1024 },
  });
}

/** Table 3 of PixelRNN: depth of a Row LSTM with residual and skip connections, validation split of CIFAR-10, bits per dimension. */
export const table3: Experiment = {
  id: 'table3',
  title: 'PixelRNN, Table 3: depth of Row LSTM, CIFAR-10',
  metric: 'bits/dim',
  split: 'valid',
  canonicalDataset: 'CIFAR-10',
  rows: [
    { ...row('layers-1', '1 layer', 3.3), model: rowLSTM(1) },
    { ...row('layers-2', '2 layers', 3.2, { recalled: true }), model: rowLSTM(2) },
    { ...row('layers-3', '3 layers', 3.17, { recalled: true }), model: rowLSTM(3) },
    { ...row('layers-6', '6 layers', 3.09, { recalled: true }), model: rowLSTM(6) },
    { ...row('layers-9', '9 layers', 3.08, { recalled: true }), model: rowLSTM(9) },
    { ...row('layers-12', '12 layers', 3.06), model: rowLSTM(12) },
  ],
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
};
