import type { MapId, PlanMap } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { describeLayer } from '../describe/describeLayer.js';
import { PlanBuilder } from '../describe/planBuilder.js';

/** The maps and steps of layers one after the other, each applied to what the one before gives. */
export function describeAlone(
  layers: tf.layers.Layer | tf.layers.Layer[],
  options: { height?: number; width?: number; colors?: number; channels?: number } = {},
) {
  const { height = 4, width = 4, colors = 1 } = options;
  const { channels = colors } = options;
  const plan = new PlanBuilder({ height, width, colors });
  let x = tf.input({ shape: [height, width, channels] });
  let input = plan.pixels;
  if (channels !== colors) input = plan.sum({ channels, when: 'pixel' }); // stands for what earlier layers give
  const steps = plan.steps.length;
  let output: MapId = input;
  for (const layer of [layers].flat()) {
    x = layer.apply(x) as tf.SymbolicTensor;
    [output] = describeLayer(layer, plan, [output]) as [MapId];
  }
  const maps: PlanMap[] = [];
  for (let id = 0; id <= Math.max(output, ...plan.steps.map(({ out }) => out)); id++) maps.push(plan.map(id));
  return { maps, colors, steps: plan.steps.slice(steps), input, output, plan };
}
