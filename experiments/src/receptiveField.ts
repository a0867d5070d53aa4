import { join } from 'node:path';
import { loadBinarizedMnist } from '@pixelrnn/data';
import { writeFileAtomic } from '@pixelrnn/files';
import { labelledGrid, writeFigure } from '@pixelrnn/plots';
import * as digits from './digitPresets.js';
import type { Experiment, ExperimentRow, FinishedRow } from './experiment.js';
import { pixelCNNRow, pixelRNNRow } from './modelRows.js';
import { contextImage, countContext, exactContext } from './receptiveMaps.js';
import { likelihoodAgainstContext } from './receptivePlot.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

const smoke: TrainingSettings = { ...digits.smoke, steps: 10, validateEvery: 10 };
/** Three passes, the same for every row. */
const cpu: TrainingSettings = { ...digits.cpu, steps: 9_375, warmupSteps: 200 };
const paper: TrainingSettings = {
  ...cpu,
  steps: 312_500,
  optimizer: 'rmsprop',
  schedule: 'constant',
  warmupSteps: 0,
  learningRate: 5e-4,
  validImages: null,
};

const shared = { headWidth: 32, firstKernel: 7 } as const;

const row = (name: string, label: string, model: ExperimentRow['model']): ExperimentRow => ({
  name,
  label,
  paper: null,
  paperSource: null,
  ownSizes: 'the paper draws the contexts and gives no likelihoods',
  ...(model && { model }),
});

function pixelCNN(blocks: number, h: number, kernelSize = 3): ExperimentRow {
  const sizes = { ...shared, blocks, h, kernelSize };
  const presets = { smoke: { ...smoke, ...sizes }, cpu: { ...cpu, ...sizes }, paper: { ...paper, ...sizes } };
  const other = kernelSize !== 3;
  return row(
    `pixelcnn-${blocks}${other ? `-kernel-${kernelSize}` : ''}`,
    `PixelCNN, ${blocks} block${blocks === 1 ? '' : 's'}${other ? ` of ${kernelSize}x${kernelSize}` : ''}`,
    pixelCNNRow(presets),
  );
}

function recurrent(cell: 'row' | 'diagonal', name: string, label: string, h: number): ExperimentRow {
  const sizes = { ...shared, kernelSize: 3, layers: 1, h, residual: true, skip: false };
  const presets = { smoke: { ...smoke, ...sizes }, cpu: { ...cpu, ...sizes }, paper: { ...paper, ...sizes } };
  return row(name, label, pixelRNNRow(cell, presets));
}

/** The pixel whose context is drawn: in the middle, so that nothing is cut off at the sides. */
const shape = { height: 28, width: 28, colors: 1, levels: 2 };
const middle = { row: 14, column: 14, color: 0 };

/** What the greys of its map are. */
const key = 'black: the pixel that is predicted; dark grey: read; light grey: not read';

/**
 * Figure 4 of PixelRNN: what one pixel's prediction can depend on, exactly, and the likelihood against it. Widths are chosen
 * so that all rows have 41,000 parameters within 6 %: what differs is how far they look, by depth, by the size of the
 * blocks' kernels and by the kind of layer. The paper draws the contexts
 * and gives no such likelihoods.
 *
 * The Diagonal BiLSTM reads everything but the last pixel of the row above: the first convolution, mask A, takes that pixel
 * in at rows below it alone, and the right-to-left map of those rows is not read.
 */
export const receptiveFieldExperiment: Experiment = {
  id: 'receptive-field',
  title: 'PixelRNN, Figure 4: likelihood against receptive field, binarized MNIST',
  metric: 'nats',
  canonicalDataset: 'binarized MNIST (fixed)',
  rows: [
    pixelCNN(1, 50),
    pixelCNN(3, 30),
    pixelCNN(6, 22),
    pixelCNN(12, 15),
    pixelCNN(3, 46, 1),
    pixelCNN(3, 20, 5),
    pixelCNN(3, 15, 7),
    recurrent('row', 'row-lstm', 'Row LSTM, 1 layer', 30),
    recurrent('diagonal', 'diagonal-bilstm', 'Diagonal BiLSTM, 1 layer', 32),
  ],
  datasets: ['fixed', 'seeded'],
  loadData({ data }, { dataDir }) {
    return loadBinarizedMnist({ kind: data as 'fixed' | 'seeded', dataDir });
  },
  figures: writeFigures,
};

/**
 * `contexts.png`, a map for each finished row, below its name; `contexts.json`, how many pixels each reads;
 * `likelihood.png` and `.html`, their likelihood against that.
 */
async function writeFigures(finished: readonly FinishedRow[], folder: string): Promise<void> {
  const images: Uint8Array[] = [];
  const rows = finished.map(({ row, settings, result }) => {
    // Width plays no part in what is reached; wide sums of positive weights would saturate the gates.
    const model = row.model.build({ ...settings, h: 2, headWidth: 2 }, shape, 0);
    const context = exactContext(model, shape, middle);
    model.dispose();
    images.push(contextImage(context, shape, middle));
    return {
      name: row.name,
      label: row.label,
      ...countContext(context, shape, middle),
      parameters: result.parameters,
      test: result.test,
      standardError: result.testStandardError,
    };
  });
  const { height, width, colors: channels } = shape;
  const all = new Uint8Array(images.length * height * width);
  for (const [i, image] of images.entries()) all.set(image, i * height * width);
  const count = images.length;
  const png = await labelledGrid({
    images: all,
    count,
    height,
    width,
    channels,
    levels: 256,
    columns: 3,
    scale: 6,
    gap: 20,
    imageLabels: rows.map(({ label }) => label),
  });
  await writeFileAtomic(join(folder, 'contexts.png'), png);
  await writeFileAtomic(
    join(folder, 'contexts.json'),
    `${JSON.stringify({ pixel: middle, key, rows }, null, 2)}\n`,
  );
  const figure = likelihoodAgainstContext(rows, { title: 'Likelihood against receptive field' });
  await writeFigure(figure, { png: join(folder, 'likelihood.png'), html: join(folder, 'likelihood.html') });
}
