import {
  gatedPixelCNN,
  gatedPixelCNNSchema,
  pixelCNN,
  pixelCNNSchema,
  pixelRNN,
  pixelRNNSchema,
} from '@pixelrnn/models';
import type { z } from 'zod';
import { type PresetName, type RowModel, rowModel } from './experiment.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

const pixelCNNSettings = pixelCNNSchema.pick({
  blocks: true,
  h: true,
  headWidth: true,
  firstKernel: true,
  kernelSize: true,
});

const pixelRNNSettings = pixelRNNSchema.pick({
  layers: true,
  h: true,
  headWidth: true,
  residual: true,
  skip: true,
  firstKernel: true,
  kernelSize: true,
});

export const gatedPixelCNNSettings = gatedPixelCNNSchema.pick({
  layers: true,
  filters: true,
  headWidth: true,
  skip: true,
  firstKernel: true,
  kernelSize: true,
});

export type Presets<Settings extends z.ZodType> = Record<PresetName, TrainingSettings & z.infer<Settings>>;

/** A row that trains `pixelCNN` of @pixelrnn/models. */
export function pixelCNNRow(presets: Presets<typeof pixelCNNSettings>): RowModel {
  return rowModel({
    settings: pixelCNNSettings,
    presets,
    build: (settings, shape, seed) =>
      pixelCNN({ ...shape, ...pixelCNNSettings.strip().parse(settings), seed }),
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
    build: (settings, shape, seed) =>
      pixelRNN({ ...shape, cell, ...pixelRNNSettings.strip().parse(settings), ...fixed, seed }),
  });
}

/**
 * A row that trains `gatedPixelCNN` of @pixelrnn/models; `fixed` is what makes the row, and no setting: `conditionSize` is the
 * number of classes, told by the labels of the images.
 */
export function gatedPixelCNNRow(
  presets: Presets<typeof gatedPixelCNNSettings>,
  { pictures, ...fixed }: { conditionSize?: number } & Pick<RowModel, 'pictures'> = {},
): RowModel {
  return rowModel({
    settings: gatedPixelCNNSettings,
    presets,
    build: (settings, shape, seed) =>
      gatedPixelCNN({ ...shape, ...gatedPixelCNNSettings.strip().parse(settings), ...fixed, seed }),
    ...(pictures && { pictures }),
  });
}
