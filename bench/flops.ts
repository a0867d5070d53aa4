import type { Plan } from '@pixelrnn/kernels/plan';
import { liveWeightsOfTerm } from '@pixelrnn/layers';
import { planOf } from '@pixelrnn/models';
import type * as tf from '@tensorflow/tfjs';

/**
 * Floating-point operations of one training step: two for each live weight and position of its map in the forward pass, in
 * the gradient of the weights and in that of what they multiply, which inputs of the model do not need. State-to-state
 * weights are all live, once a pixel: cells of the skewed map's padding do not count. Border pixels count as inner ones;
 * inserted zeros of a transposed convolution, biases, activations, gates, loss and optimiser do not count.
 */
export function flopsPerStep(model: tf.LayersModel, batch: number): number {
  const plan = planOf(model);
  const { maps, steps, pixels, conditions } = plan;
  const inputs = new Set([pixels, ...conditions]);
  let flops = 0;
  for (const step of steps) {
    const out = maps[step.out] as Plan['maps'][number];
    const positions = (batch * plan.height * plan.width) / out.stride ** 2;
    const passes = (map: number) => (inputs.has(map) ? 2 : 3);
    if (step.kind === 'subsample') {
      if (inputs.has(step.from)) inputs.add(step.out);
    } else if (step.kind === 'upsample') {
      const weights = (step.kernel / step.stride) ** 2 * (maps[step.from]?.channels ?? 0) * out.channels;
      flops += 2 * positions * weights * passes(step.from);
    } else {
      for (const term of step.terms) {
        flops += 2 * positions * liveWeightsOfTerm(plan, step, term) * passes(term.map);
      }
    }
  }
  return flops;
}
