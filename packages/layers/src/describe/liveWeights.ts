import {
  blocksOf,
  colorOf,
  type Plan,
  type PlanMap,
  type PlanTap,
  type PlanTerm,
  type SumStep,
} from '@pixelrnn/kernels/plan';

type Maps = Pick<Plan, 'maps' | 'colors'>;

/**
 * Weights of a plan's products that a mask leaves, each counted once; biases, initial states and the parameters of the
 * output distribution are not counted.
 */
export function liveWeights(plan: Maps & Pick<Plan, 'steps'>): number {
  let sum = 0;
  for (const step of plan.steps) {
    if (step.kind === 'sum') {
      for (const term of step.terms) sum += liveWeightsOfTerm(plan, step, term);
    } else if (step.kind === 'upsample') {
      const [from, out] = [plan.maps[step.from] as PlanMap, plan.maps[step.out] as PlanMap];
      sum += step.kernel ** 2 * from.channels * out.channels;
    }
  }
  return sum;
}

/** Live weights of one of a step's terms. */
export function liveWeightsOfTerm({ maps, colors }: Maps, step: SumStep, term: PlanTerm): number {
  const [from, out] = [maps[term.map] as PlanMap, maps[step.out] as PlanMap];
  const blocks = blocksOf(step.unit);
  const live = (tap: PlanTap): number => {
    if (tap.colors === 'all' || tap.row !== 0 || tap.column !== 0) return from.channels * out.channels;
    let pairs = 0;
    for (let output = 0; output < out.channels; output++) {
      const color = colorOf(out, colors, output);
      for (let input = 0; input < from.channels; input++) {
        const read = colorOf(from, colors, input);
        if (tap.colors === 'before' ? read < color : read <= color) pairs++;
      }
    }
    return pairs;
  };
  return blocks * term.taps.reduce((sum, tap) => sum + live(tap), 0);
}
