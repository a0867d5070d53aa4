import type { MapId, Plan } from '@pixelrnn/kernels/plan';
import { describeLayer, PlanBuilder } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { outputsBeside } from './outputsBeside.js';

/**
 * The plan of a model: its layers' own descriptions, in the order of its graph. Its first input is the scaled pixels
 * [B, H, W, C]; further inputs are conditions, maps [B, H / s, W / s, c] or vectors [B, c], in their order.
 *
 * Weights are read from the model when the plan's are, so that the model must not be disposed of before.
 *
 * @throws Error naming a layer that has no `describe`, or whose description does not fit its inputs
 */
export function planOf(model: tf.LayersModel): Plan {
  const [pixels, ...conditions] = model.inputs;
  const [, height, width, colors] = pixels?.shape ?? [];
  if (pixels?.shape.length !== 4 || !height || !width || !colors) {
    throw new Error(
      `planOf: expected a first input of pixels [B, H, W, C] of known size, got ${JSON.stringify(pixels?.shape)}`,
    );
  }
  const plan = new PlanBuilder({ height, width, colors });
  const mapsOf = new Map<tf.SymbolicTensor, MapId>([[pixels, plan.pixels]]);
  for (const input of conditions)
    mapsOf.set(input, plan.addCondition(conditionSize(input, { height, width })));
  if (model.outputs.length !== 1) {
    throw new Error(`planOf: expected a model of one output, got ${model.outputs.length}`);
  }
  return plan.build(mapOf(model.outputs[0] as tf.SymbolicTensor));

  /** Describes the layer that makes a tensor, after those that make its inputs. */
  function mapOf(tensor: tf.SymbolicTensor): MapId {
    const known = mapsOf.get(tensor);
    if (known !== undefined) return known;
    if (tensor.sourceLayer instanceof tf.LayersModel) {
      throw new Error(
        `planOf: '${tensor.sourceLayer.name}' is a model inside ${model.name}, expected layers alone; the networks of a multi-scale model (scalesOf) have a plan each`,
      );
    }
    const inputs = tensor.inputs.map(mapOf);
    const outputs = describeLayer(tensor.sourceLayer, plan, inputs);
    const made = outputsBeside(tensor);
    if (made.length !== outputs.length) {
      throw new Error(
        `planOf: layer '${tensor.sourceLayer.name}' has ${made.length} outputs, and its describe gives ${outputs.length}`,
      );
    }
    made.forEach((output, i) => {
      mapsOf.set(output, outputs[i] as MapId);
    });
    return mapsOf.get(tensor) as MapId;
  }
}

function conditionSize(
  input: tf.SymbolicTensor,
  image: { height: number; width: number },
): { channels: number; stride: number } {
  const { shape } = input;
  const channels = shape[shape.length - 1];
  const [, height, width] = shape;
  if (channels && shape.length === 2) return { channels, stride: 0 };
  const stride = shape.length === 4 && height ? image.height / height : 0;
  if (!channels || !Number.isInteger(stride) || stride < 1 || image.width / (width ?? 0) !== stride) {
    throw new Error(
      `planOf: expected a condition [B, H / s, W / s, channels] or [B, channels] of known size, got ${JSON.stringify(shape)} of '${input.name}'`,
    );
  }
  return { channels, stride };
}
