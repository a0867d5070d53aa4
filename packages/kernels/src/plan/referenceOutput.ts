import type { Plan, PlanOutput } from './plan.js';

/** The share of a uniform distribution in a mixture's probabilities, as `binProbability` of @pixelrnn/metrics has it. */
const uniformShare = 2 ** -16;

/** Logits of a colour from its channels of the output's map: themselves, or a mixture's log-probabilities. */
export function referenceOutput(
  plan: Plan,
  color: number,
  parameters: Float32Array,
): Float32Array | number[] {
  if (plan.output.kind !== 'mcgsm') return parameters;
  return mixtureLogProbabilities(plan.output, plan.levels, color, parameters);
}

/**
 * Logarithms of the probabilities of a mixture of conditional Gaussian scale mixtures, integrated over each level's bin:
 *
 *     p(c, s) proportional to exp(eta_cs - exp(alpha_cs) / 2 sum over n of beta_cn^2 h_n^2), deviation exp(-alpha_cs / 2)
 *
 * (Theis and Bethge 2015, section 2.1; PixelRNN, section 5.3.)
 */
function mixtureLogProbabilities(
  output: Extract<PlanOutput, { kind: 'mcgsm' }>,
  levels: number,
  color: number,
  parameters: Float32Array,
): number[] {
  const { components, scales, features } = output;
  const [eta, alpha, beta] = [output.eta(), output.alpha(), output.beta()];
  const gaussians = Array.from({ length: components * scales }, (_, i) => {
    const component = Math.floor(i / scales);
    let energy = 0;
    for (let n = 0; n < features; n++) {
      const weight = beta[(color * components + component) * features + n] as number;
      energy += (weight * (parameters[components + n] as number)) ** 2;
    }
    const precision = alpha[color * components * scales + i] as number;
    const logWeight = (eta[color * components * scales + i] as number) - (Math.exp(precision) / 2) * energy;
    return {
      logWeight,
      mean: parameters[component] as number,
      inverse: Math.exp(precision / 2) * Math.SQRT1_2,
    };
  });
  const largest = Math.max(...gaussians.map(({ logWeight }) => logWeight));
  const total = gaussians.reduce((sum, { logWeight }) => sum + Math.exp(logWeight - largest), 0);
  return Array.from({ length: levels }, (_, level) => {
    const edge = (shift: number) => ((level + shift) * 2) / (levels - 1) - 1;
    let mixed = 0;
    for (const { logWeight, mean, inverse } of gaussians) {
      const lower = level === 0 ? -1 : errorFunction((edge(-0.5) - mean) * inverse);
      const upper = level === levels - 1 ? 1 : errorFunction((edge(0.5) - mean) * inverse);
      mixed += ((Math.exp(logWeight - largest) / total) * (upper - lower)) / 2;
    }
    return Math.log(mixed * (1 - uniformShare) + uniformShare / levels);
  });
}

/** erf in double precision: its series around 0, the continued fraction of erfc elsewhere (Abramowitz and Stegun, 7.1.6, 7.1.14). */
function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 100; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = size;
  for (let n = 80; n > 0; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction));
}
