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
export const flopsPerStep = (model: tf.LayersModel, batch: number): number => flops(model, batch, 3, 2);

/** The same of drawing an image: of each live weight once a position, as in the forward pass. */
export const flopsPerImage = (model: tf.LayersModel): number => flops(model, 1, 1, 1);

/** @param passes over a step's products; `inputPasses` where they read an input of the model */
function flops(model: tf.LayersModel, batch: number, passes: number, inputPasses: number): number {
  const plan = planOf(model);
  const { maps, steps, pixels, conditions } = plan;
  const inputs = new Set([pixels, ...conditions]);
  let total = 0;
  for (const step of steps) {
    const out = maps[step.out] as Plan['maps'][number];
    // A vector, of stride 0, is computed once an image.
    const positions = out.stride === 0 ? batch : (batch * plan.height * plan.width) / out.stride ** 2;
    const passesOver = (map: number) => (inputs.has(map) ? inputPasses : passes);
    if (step.kind === 'subsample') {
      if (inputs.has(step.from)) inputs.add(step.out);
    } else if (step.kind === 'upsample') {
      const weights = (step.kernel / step.stride) ** 2 * (maps[step.from]?.channels ?? 0) * out.channels;
      total += 2 * positions * weights * passesOver(step.from);
    } else {
      for (const term of step.terms) {
        total += 2 * positions * liveWeightsOfTerm(plan, step, term) * passesOver(term.map);
      }
    }
  }
  return total;
}
