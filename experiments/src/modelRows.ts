import { pixelCNN, pixelRNN } from '@pixelrnn/models';
import { z } from 'zod';
import { type PresetName, type RowModel, rowModel } from './experiment.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

const positive = z.int().positive();

const pixelCNNSettings = z.strictObject({
  blocks: z.int().nonnegative(),
  h: positive,
  headWidth: positive,
  firstKernel: positive,
  kernelSize: positive,
});

const pixelRNNSettings = z.strictObject({
  layers: positive,
  h: positive,
  headWidth: positive,
  residual: z.boolean(),
  skip: z.boolean(),
  firstKernel: positive,
  kernelSize: positive,
});

type Presets<Settings extends z.ZodType> = Record<PresetName, TrainingSettings & z.infer<Settings>>;

/** A row that trains `pixelCNN` of @pixelrnn/models. */
export function pixelCNNRow(presets: Presets<typeof pixelCNNSettings>): RowModel {
  return rowModel({
    settings: pixelCNNSettings,
    presets,
    build: ({ blocks, h, headWidth, firstKernel, kernelSize }, shape, seed) =>
      pixelCNN({ ...shape, blocks, h, headWidth, firstKernel, kernelSize, seed }),
  });
}

/** A row that trains `pixelRNN` of @pixelrnn/models; `fixed` is what makes the row, and no setting. */
export function pixelRNNRow(
  cell: 'row' | 'diagonal',
  presets: Presets<typeof pixelRNNSettings>,
  fixed: { distribution?: 'softmax' | 'mcgsm' } = {},
): RowModel {
  return rowModel({
    settings: pixelRNNSettings,
    presets,
    build: ({ layers, h, headWidth, residual, skip, firstKernel, kernelSize }, shape, seed) => {
      const options = { cell, layers, h, headWidth, residual, skip, firstKernel, kernelSize, seed };
      return pixelRNN({ ...shape, ...options, ...fixed });
    },
  });
}
