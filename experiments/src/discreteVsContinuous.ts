import { loadCifar10 } from '@pixelrnn/data';
import { gaussianRow, uniformRow } from './closedFormRows.js';
import { densityMeasure, gaussianBinsRow } from './densities.js';
import type { Experiment, ExperimentRow } from './experiment.js';

const row = (
  name: string,
  label: string,
  rest: Pick<ExperimentRow, 'closedForm' | 'measure'>,
  paper: number | null = null,
): ExperimentRow => ({
  name,
  label,
  paper,
  paperSource: paper === null ? null : 'PixelRNN, Table 5',
  ...rest,
});

/**
 * Section 5.1 of PixelRNN: how discrete models and continuous densities are compared. A density is evaluated at dequantised
 * pixels x + u, u uniform in [0, 1): by Jensen's inequality its bits/dim are no better than those of the discrete model
 * that has the density's integrals over the bins [x, x + 1) for its probabilities (Theis et al., 2016). A discrete model seen as a density,
 * constant in each bin, has the same bits/dim both ways. Rows of a continuous density come in pairs, and `bounds.json` in
 * their run folders says by how much the bound holds, image by image on the average.
 */
export const discreteVsContinuous: Experiment = {
  id: 'discrete-vs-continuous',
  title: 'PixelRNN, section 5.1: discrete against continuous, CIFAR-10',
  metric: 'bits/dim',
  canonicalDataset: 'CIFAR-10',
  rows: [
    row('uniform', 'Uniform distribution, both ways', { closedForm: uniformRow }, 8),
    row('gaussian', 'Multivariate Gaussian, density of dequantised pixels', { closedForm: gaussianRow }, 4.7),
    row('gaussian-bins', 'Multivariate Gaussian, integrated over bins', { closedForm: gaussianBinsRow }),
    row('mcgsm', 'MCGSM, density of dequantised pixels', {
      measure: densityMeasure('softmax-vs-mcgsm/mcgsm', 'dequantised'),
    }),
    row('mcgsm-bins', 'MCGSM, integrated over bins', {
      measure: densityMeasure('softmax-vs-mcgsm/mcgsm', 'discrete'),
    }),
    row('softmax', 'Softmax of section 5.3, both ways', {
      measure: densityMeasure('softmax-vs-mcgsm/softmax', 'dequantised'),
    }),
    row(
      'pixelcnn',
      'PixelCNN, both ways',
      { measure: densityMeasure('table5/pixelcnn', 'dequantised') },
      3.14,
    ),
    row(
      'row-lstm',
      'Row LSTM, both ways',
      { measure: densityMeasure('table5/row-lstm', 'dequantised') },
      3.07,
    ),
    row(
      'diagonal-bilstm',
      'Diagonal BiLSTM, both ways',
      { measure: densityMeasure('table5/diagonal-bilstm', 'dequantised') },
      3.0,
    ),
  ],
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
};
