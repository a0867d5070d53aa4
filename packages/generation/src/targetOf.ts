import { type MultiScaleModel, planOf, scalesOf } from '@pixelrnn/models';
import type * as tf from '@tensorflow/tfjs';
import { usage } from './generationError.js';
import { type ImageShape, shapeName } from './imageShape.js';
import { isMultiScale, isPlan, type ModelOrPlan, planTarget, type Target } from './target.js';

const forced = new WeakMap<tf.LayersModel, true>();

/**
 * A model's plan with the weights that it has now, or why there is none.
 *
 * @throws GenerationError `usage` for anything else than a model of images or a plan
 */
export function targetOf(of: ModelOrPlan): Target {
  if (isPlan(of)) return planTarget(of);
  const shape = shapeOf(of);
  try {
    return planTarget(planOf(of));
  } catch (error) {
    const inputs = of.inputs.slice(1).map((input) => input.shape.slice(1) as number[]);
    const conditionSizes = inputs.map((input) => input.reduce((product, size) => product * size, 1));
    const why = (error as Error).message;
    return { plan: null, model: of, why, shape, conditionSizes, knownStride: knownStrideOf(of) };
  }
}

/** Says once a model which layer forces the slow way. */
export function warnOnce(target: Target, warn: (message: string) => void): void {
  if (target.plan || forced.has(target.model)) return;
  forced.set(target.model, true);
  warn(
    `${target.why}. Until then every pixel evaluates the whole image, which is slow, and whether the model is causal is not known: requireCausal of @pixelrnn/metrics tries that.`,
  );
}

function shapeOf(model: tf.LayersModel): ImageShape {
  const input = model?.inputs?.[0]?.shape.slice(1);
  const output = model?.outputs?.[0]?.shape.slice(4);
  if (input?.length !== 3 || input.some((size) => size === null) || !output) {
    usage('Expected a model of images, from [B, H, W, C] to logits of every pixel and colour, or its plan.');
  }
  const [height, width, channels] = input as [number, number, number];
  const [last, parameters] = output;
  const levels = parameters !== undefined ? 256 : (last ?? 2);
  return { height, width, channels, levels };
}

/** The stride of the layer that makes pixels certain; null of a model without one. */
function knownStrideOf(model: tf.LayersModel): number | null {
  const known = model.layers.find((layer) => layer.getClassName() === 'KnownPixels');
  return (known?.getConfig().stride as number | undefined) ?? null;
}

/**
 * The two networks of a multi-scale model, as they are or joined by `multiScaleImage`; null of any other.
 *
 * @throws GenerationError `usage` for networks that do not fit together
 */
export function scalesIn(of: ModelOrPlan | MultiScaleModel): MultiScaleModel | null {
  if (isMultiScale(of)) return fitting(of);
  if (isPlan(of) || !of?.layers?.some((layer) => layer.getClassName() === 'JoinScales')) return null;
  return scalesOf(of);
}

function fitting(model: MultiScaleModel): MultiScaleModel {
  const { stride } = model;
  const [small, large] = [model.unconditional, model.conditional].map((part: ModelOrPlan) =>
    isPlan(part) ? planTarget(part).shape : shapeOf(part),
  ) as [ImageShape, ImageShape];
  const { height, width, ...rest } = small;
  const whole = shapeName({ ...rest, height: height * stride, width: width * stride });
  if (whole === shapeName(large)) return model;
  return usage(
    `The networks of this multi-scale model have images of ${shapeName(small)}, and of ${shapeName(large)}, which do not fit together at the stride ${stride}: take what multiScale or scalesOf of @pixelrnn/models gave.`,
  );
}
