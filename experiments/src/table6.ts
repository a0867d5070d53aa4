import { loadImageNet } from '@pixelrnn/data';
import { cpu, kernels, paper, smoke } from './colorPresets.js';
import type { Experiment } from './experiment.js';
import { pixelRNNRow } from './modelRows.js';
import { skipBadSetting } from './skipBad.js';

const sizes = { imagenet32: 32, imagenet64: 64 } as const;
type Data = keyof typeof sizes;

/** Row LSTMs of Table 1; the one for 64x64 has no residual connections. */
function rowLSTM(data: Data) {
  const architecture = { ...kernels, skip: true };
  if (data === 'imagenet32') {
    return pixelRNNRow('row', {
      smoke: { ...smoke, ...architecture, data, residual: true, layers: 1, h: 6, headWidth: 12 },
      // Three passes over a sample of 20,000 images.
      cpu: {
        ...cpu,
        ...architecture,
        data,
        steps: 3_750,
        validateEvery: 750,
        residual: true,
        layers: 3,
        h: 24,
        headWidth: 96,
      },
      paper: {
        ...paper,
        ...architecture,
        data,
        batchSize: 64,
        residual: true,
        layers: 12,
        h: 384,
        headWidth: 1024,
      },
    });
  }
  return pixelRNNRow('row', {
    smoke: { ...smoke, ...architecture, data, batchSize: 2, residual: false, layers: 1, h: 6, headWidth: 12 },
    // A batch of four is as many pixels as one of 16 at 32x32: five passes over a sample of 3,000 images.
    cpu: {
      ...cpu,
      ...architecture,
      data,
      batchSize: 4,
      steps: 3_750,
      validateEvery: 1_250,
      validImages: 100,
      trainImages: 250,
      residual: false,
      layers: 4,
      h: 16,
      headWidth: 64,
    },
    paper: {
      ...paper,
      ...architecture,
      data,
      batchSize: 32,
      residual: false,
      layers: 4,
      h: 512,
      headWidth: 1024,
    },
  });
}

/**
 * Table 6 of PixelRNN: negative log-likelihood on the validation images of small ImageNet, in bits per dimension. They are
 * the test split here, for there are no others. Results on other versions of small ImageNet and on samples of it
 * carry their name.
 */
export const table6: Experiment = {
  id: 'table6',
  title: 'PixelRNN, Table 6: small ImageNet, validation images',
  metric: 'bits/dim',
  splitName: 'validation',
  canonicalDataset: 'small ImageNet (van den Oord et al.)',
  rows: [
    {
      name: 'row-lstm-32x32',
      label: 'Row LSTM, 32x32',
      paper: 3.86,
      paperSource: 'PixelRNN, Table 6 (train 3.83)',
      model: rowLSTM('imagenet32'),
    },
    {
      name: 'row-lstm-64x64',
      label: 'Row LSTM, 64x64',
      paper: 3.63,
      paperSource: 'PixelRNN, Table 6 (train 3.57)',
      model: rowLSTM('imagenet64'),
    },
  ],
  datasets: Object.keys(sizes),
  dataSettings: skipBadSetting,
  loadData({ data, skipBad }, { dataDir }) {
    return loadImageNet({ size: sizes[data as Data], dataDir, skipBad: skipBad === true });
  },
};
