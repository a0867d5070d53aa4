import type { ImageDataset } from '@pixelrnn/data';
import { checkPlan } from '@pixelrnn/kernels/plan';
import { planOf } from '@pixelrnn/models';
import type * as tf from '@tensorflow/tfjs';
import { TrainingError } from '../trainingError.js';
import { requireLabels } from './labelCondition.js';

/**
 * That a model has likelihoods of a dataset's images: their size and levels, their labels where it is conditioned on classes,
 * and no layer that reads a pixel before it is known. The last is known of models whose layers all describe themselves
 * (`DescribedLayer` of @pixelrnn/layers); others are taken at their word.
 *
 * @param condition whether the labels are told
 * @throws TrainingError `config` naming what was expected and what came
 */
export function requireFit(
  model: tf.LayersModel,
  dataset: ImageDataset,
  { condition = 'label' }: { condition?: 'label' | 'none' } = {},
): void {
  requireModelAndDataset(model, dataset);
  requireSize(model, dataset);
  requireLevels(model, dataset);
  if (condition === 'label') requireLabels(model, dataset);
  requireCausality(model);
}

function requireModelAndDataset(model: unknown, dataset: unknown): void {
  const { inputs, outputs } = Object(model) as Partial<tf.LayersModel>;
  if (!Array.isArray(inputs) || !Array.isArray(outputs)) {
    throw new TrainingError('config', `Expected a model (tf.LayersModel), got ${kindOf(model)}.`);
  }
  if (typeof (Object(dataset) as Partial<ImageDataset>).sequentialBatches !== 'function') {
    throw new TrainingError(
      'config',
      `Expected images as an ImageDataset, such as one of the splits \`train\`, \`valid\` and \`test\` of @pixelrnn/data, got ${kindOf(dataset)}.`,
    );
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { name } = value.constructor ?? {};
  const keys = Object.keys(value).slice(0, 3).join(', ');
  return name === 'Object' ? `an object of ${keys || 'nothing'}` : `an object of the class ${name}`;
}

function requireSize(model: tf.LayersModel, { name, height, width, channels }: ImageDataset): void {
  const shape = model.inputs[0]?.shape ?? [];
  const size = [height, width, channels];
  const fits = shape.length === 4 && size.every((own, i) => (shape[i + 1] ?? own) === own);
  if (fits) return;
  throw new TrainingError(
    'config',
    `${model.name} takes images of ${sizeText(shape.slice(1))}, but ${name} has images of ${sizeText(size)} (height x width x colours): build the model for these, or use other images.`,
  );
}

const sizeText = (shape: readonly (number | null)[]) => shape.map((size) => size ?? 'any').join(' x ');

function requireLevels(model: tf.LayersModel, { name, levels }: ImageDataset): void {
  const output = model.outputs[0]?.shape ?? [];
  const [own, parameters] = output.slice(4);
  if (output.length === 6 && parameters === 3) return; // Gaussians, which are integrated over the bins of any levels
  const found = output.length === 4 ? 2 : output.length === 5 ? own : undefined;
  if (found === levels) return;
  const what = found == null ? `outputs [${output.map((size) => size ?? 'B')}]` : `logits of ${found} levels`;
  throw new TrainingError(
    'config',
    `${model.name} has ${what}, but ${name} has intensities of ${levels} levels: build the model with levels: ${levels}, or bring the images to its levels with \`quantised\`.`,
  );
}

function requireCausality(model: tf.LayersModel): void {
  let plan: ReturnType<typeof planOf>;
  try {
    plan = planOf(model);
  } catch {
    return; // a layer that does not describe itself
  }
  try {
    checkPlan(plan);
  } catch (error) {
    throw new TrainingError(
      'config',
      `${model.name} has no likelihood, for it is not causal (${(error as Error).message}): begin with mask A, and read only what is above or to the left.`,
      undefined,
      { cause: error },
    );
  }
}
