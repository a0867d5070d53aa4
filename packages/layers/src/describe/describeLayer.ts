import type { MapId } from '@pixelrnn/kernels/plan';
import type * as tf from '@tensorflow/tfjs';
import { here, type PlanBuilder } from './planBuilder.js';

/**
 * What a layer answers so that receptive field, causality check, counts of operations and sampling follow from it: the one
 * description of what its output at one colour of one pixel is made from.
 */
export interface DescribedLayer {
  /**
   * Adds the layer's maps and steps to a plan. Called once built, with the maps of its inputs in their order; weights are
   * given as functions and read when they are wanted.
   *
   * @returns the maps of its outputs in their order
   */
  describe(plan: PlanBuilder, inputs: readonly MapId[]): MapId[];
}

/** Layers of TensorFlow.js that are plain sums of what they read at the same pixel. */
const ownLayers: Record<string, DescribedLayer['describe']> = {
  Add: (plan, inputs) => [pointwise(plan, inputs, 'linear')],
  ReLU: (plan, inputs) => [pointwise(plan, inputs, 'relu')],
};

function pointwise(plan: PlanBuilder, inputs: readonly MapId[], unit: 'linear' | 'relu'): MapId {
  const { channels, groups } = plan.map(inputs[0] as MapId);
  const row = inputs.map((id) => plan.whenWritten(id)).find((when) => when.startsWith('row'));
  return plan.sum({ channels, groups, when: row, additions: inputs.map(here), unit });
}

/**
 * Describes one layer to a plan: ours and a researcher's by their `describe`, of TensorFlow.js' own Add, ReLU and Activation
 * (relu, linear).
 *
 * @throws Error naming a layer that cannot be described
 */
export function describeLayer(layer: tf.layers.Layer, plan: PlanBuilder, inputs: readonly MapId[]): MapId[] {
  plan.layer = layer.name;
  const describe = isDescribed(layer) ? layer.describe.bind(layer) : describeOwn(layer);
  const outputs = describe(plan, inputs);
  for (const id of outputs) plan.map(id);
  plan.layer = '';
  return outputs;
}

function isDescribed(layer: tf.layers.Layer): layer is tf.layers.Layer & DescribedLayer {
  return typeof (layer as Partial<DescribedLayer>).describe === 'function';
}

function describeOwn(layer: tf.layers.Layer): DescribedLayer['describe'] {
  const kind = layer.getClassName();
  const { activation, maxValue } = layer.getConfig();
  if (kind === 'Activation' && (activation === 'relu' || activation === 'linear')) {
    return (plan, inputs) => [pointwise(plan, inputs, activation)];
  }
  const known = maxValue == null ? ownLayers[kind] : undefined;
  if (known) return known;
  throw new Error(
    `plan: layer '${layer.name}' (${kind}) has no method describe(plan, inputs), from which its receptive field and its evaluation would follow; add one, as DescribedLayer of @pixelrnn/layers says`,
  );
}
