import { loadCifar10 } from '@pixelrnn/data';
import { ablation, kernels, paper, quoted, smoke } from './colorPresets.js';
import type { Experiment } from './experiment.js';
import { pixelRNNRow } from './modelRows.js';

const row = quoted('PixelRNN, section 5.3');

function rowLSTM(distribution: 'softmax' | 'mcgsm') {
  const architecture = { ...kernels, residual: true, skip: true };
  const presets = {
    smoke: { ...smoke, ...architecture, layers: 1, h: 6, headWidth: 12 },
    cpu: { ...ablation, ...architecture, layers: 3, h: 24, headWidth: 64 },
    paper: { ...paper, ...architecture, layers: 12, h: 128, headWidth: 1024 },
  };
  return pixelRNNRow('row', presets, { distribution });
}

/**
 * Section 5.3 of PixelRNN: a softmax over 256 intensities against a mixture of conditional Gaussian scale mixtures, the same
 * Row LSTM under both, validation split of CIFAR-10, bits per dimension.
 */
export const softmaxVsMcgsm: Experiment = {
  id: 'softmax-vs-mcgsm',
  title: 'PixelRNN, section 5.3: softmax against MCGSM, CIFAR-10',
  metric: 'bits/dim',
  split: 'valid',
  canonicalDataset: 'CIFAR-10',
  rows: [
    { ...row('softmax', 'Softmax, 256-way', 3.06), model: rowLSTM('softmax') },
    { ...row('mcgsm', 'MCGSM', 3.22), model: rowLSTM('mcgsm') },
  ],
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
};
