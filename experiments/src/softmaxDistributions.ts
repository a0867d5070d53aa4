import { join } from 'node:path';
import { loadCifar10 } from '@pixelrnn/data';
import { writeFileAtomic } from '@pixelrnn/files';
import { distributionPlot, writeFigure } from '@pixelrnn/plots';
import { evaluate } from '@pixelrnn/training';
import { z } from 'zod';
import { ablation, kernels, paper, smoke } from './colorPresets.js';
import { chosenPositions, endsOf, namedDistributions } from './conditionals.js';
import type { Experiment, ExperimentRow } from './experiment.js';
import { pixelRNNRow } from './modelRows.js';
import { part } from './runner/measureRow.js';
import { trainedMeasure } from './runner/trainedMeasure.js';

const settings = z.strictObject({
  /** Test images, evenly spaced, among whose pixels those that are drawn are chosen. */
  shown: z.int().positive(),
});

const few = { data: 'cifar10', testImages: 8, validImages: 8, shown: 2 };
const many = { ...few, testImages: 500, validImages: 500, shown: 8 };

const measureOf = (weights: string) =>
  trainedMeasure<typeof settings.shape>({
    weights,
    settings,
    presets: { smoke: few, cpu: many, paper: { ...many, testImages: null, validImages: null } },
    async measure(model, data, { settings, weights, folder, log, signal }) {
      const [images, validImages] = [
        part(data.test, settings.testImages),
        part(data.valid, settings.validImages),
      ];
      const shown = data.test.subset(settings.shown);
      log('distributions');
      const chosen = namedDistributions(model, shown, chosenPositions(shown));
      const ends = await endsOf(model, images, signal);
      const figure = distributionPlot({
        probabilities: [...chosen.map(({ probabilities }) => probabilities), ends.predicted, ends.true],
        labels: [
          ...chosen.map(({ label }) => label),
          'mean of all conditionals',
          'intensities of the images',
        ],
        title: 'Learned distributions over intensities',
      });
      await writeFigure(figure, {
        png: join(folder, 'distributions.png'),
        html: join(folder, 'distributions.html'),
      });
      const { predicted, true: share, ...rest } = ends;
      const summary = {
        weights,
        conditionals: chosen.map(({ probabilities, ...where }) => ({
          ...where,
          first: probabilities[0],
          last: probabilities[255],
          highest: probabilities.indexOf(Math.max(...probabilities)),
        })),
        // Shares of all conditionals of these images.
        ends: {
          images: images.count,
          first: [predicted[0], share[0]],
          last: [predicted[255], share[255]],
          ...rest,
        },
      };
      await writeFileAtomic(join(folder, 'distributions.json'), `${JSON.stringify(summary, null, 2)}\n`);
      log('likelihood');
      const test = await evaluate(model, images, { signal });
      const valid = await evaluate(model, validImages, { signal });
      return {
        test: test.nats,
        testStandardError: test.standardError,
        valid: valid.nats,
        validStandardError: valid.standardError,
      };
    },
  });

const row = (name: string, label: string, weights: string): ExperimentRow => ({
  name,
  label,
  paper: null,
  paperSource: null,
  measure: measureOf(weights),
});

const architecture = { ...kernels, residual: true, skip: true };

/**
 * Figure 6 of PixelRNN: the distributions over 256 intensities that a softmax has learned, at some pixels of CIFAR-10's
 * test images. Nothing tells the softmax that intensities are ordered or end, and yet it is smooth and has its peaks at
 * 0 and 255. The models are those of Table 5 and of section 5.3; a Row LSTM of this experiment's own stands in for them.
 */
export const softmaxDistributions: Experiment = {
  id: 'softmax-distributions',
  title: 'PixelRNN, Figure 6: distributions over intensities, CIFAR-10',
  metric: 'bits/dim',
  canonicalDataset: 'CIFAR-10',
  rows: [
    row('table5-pixelcnn', 'PixelCNN of Table 5', 'table5/pixelcnn'),
    row('table5-row-lstm', 'Row LSTM of Table 5', 'table5/row-lstm'),
    row('table5-diagonal-bilstm', 'Diagonal BiLSTM of Table 5', 'table5/diagonal-bilstm'),
    row('softmax', 'Row LSTM of section 5.3', 'softmax-vs-mcgsm/softmax'),
    {
      name: 'row-lstm',
      label: 'Row LSTM, trained for this',
      paper: null,
      paperSource: null,
      standIn: true,
      model: pixelRNNRow('row', {
        smoke: { ...smoke, ...architecture, layers: 1, h: 6, headWidth: 12 },
        cpu: { ...ablation, ...architecture, validImages: 500, layers: 3, h: 24, headWidth: 64 },
        paper: { ...paper, ...architecture, layers: 12, h: 128, headWidth: 1024 },
      }),
    },
    { ...row('own-row-lstm', 'Row LSTM trained for this', 'softmax-distributions/row-lstm'), standIn: true },
  ],
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
};
