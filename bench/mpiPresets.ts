import { findExperiment, type PresetName, plan } from '@pixelrnn/experiments';
import { flopsPerStep } from './flops.js';
import type { Training } from './mpiModel.js';
import type { Architecture } from './works.js';

/** A row of a table at the paper's size. */
export interface PaperPreset extends Training {
  /** `<experiment>/<row>` */
  name: string;
  model: Architecture['model'];
  levels: Architecture['levels'];
  parameters: number;
  steps: number;
}

/** What works call the models of these names. */
const kinds: Record<string, Architecture['model']> = {
  PixelCNN: 'pixelcnn',
  RowLSTM: 'row',
  DiagonalBiLSTM: 'diagonal',
  GatedPixelCNN: 'gated',
};

const shapes = {
  mnist: { height: 28, width: 28, colors: 1, levels: 2 },
  color32: { height: 32, width: 32, colors: 3, levels: 256 },
  color64: { height: 64, width: 64, colors: 3, levels: 256 },
} as const;

/** The shape of a dataset's images by its name in the settings. */
const shapeOf = (data: string) => {
  if (data === 'imagenet64') return shapes.color64;
  return data === 'cifar10' || data === 'imagenet32' ? shapes.color32 : shapes.mnist;
};

/** What the `paper` presets of the main tables, or others, cost; builds each model once. */
export function paperPresets(
  tables: readonly string[] = ['table4', 'table5', 'table6'],
  preset: PresetName = 'paper',
): PaperPreset[] {
  return tables.flatMap((id) =>
    plan(findExperiment(id), { preset }).map(({ row, settings }) => {
      const name = `${id}/${row.name}`;
      const shape = shapeOf(settings.data);
      const model = row.model.build(settings, shape, 0);
      const kind = kinds[model.name];
      if (!kind)
        throw new Error(`${name}: expected a model of the works, got ${model.name}; add it to kinds`);
      const parameters = model.countParams();
      const { batchSize: batch, steps } = settings;
      const flopsPerImage = flopsPerStep(model, batch) / batch;
      model.dispose();
      const cost = { parameters, steps, batch, flopsPerImage, bytes: 4 * parameters };
      return { name, model: kind, levels: shape.levels, ...cost };
    }),
  );
}
