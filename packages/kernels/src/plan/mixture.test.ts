import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { PlanBuilder } from '../testing/planBuilder.js';
import { executorsOf, finished } from '../testing/planExecutors.js';
import { planInputs } from '../testing/plans.js';
import { referenceLogits } from './reference.js';

beforeAll(() => loadEngine({ quiet: true }));

const b = new PlanBuilder({ height: 3, width: 4, colors: 3, levels: 256 }, 3);
const plan = b.output(b.conv(0, 6, { side: 3, mask: 'A', relu: false }), 'mcgsm');
if (plan.output.kind !== 'mcgsm') throw new Error('a mixture');
// Deviations from half the range of intensities to one fifth of an intensity.
plan.output.alpha = () => Float32Array.from({ length: 18 }, (_, i) => 1.4 + (i % 7) * 1.6);
const { count, intensities } = planInputs(plan, 3, 1);

test('probabilities of 256 levels, narrow Gaussians among them', async () => {
  const wanted = referenceLogits(plan, { count, intensities });
  for (const executor of await executorsOf(plan)) {
    const run = finished(executor, { mode: 'take', count, intensities, nats: true, logits: 'all' });
    const logits = run.logits();
    let worst = 0;
    wanted.forEach((logit, i) => {
      worst = Math.max(worst, Math.abs(Math.exp(logits[i] as number) - Math.exp(logit)));
    });
    expect(worst).toBeLessThan(1e-6);
    for (let i = 0; i < intensities.length; i++) {
      const own = logits.subarray(256 * i, 256 * i + 256);
      expect(own.reduce((sum, logit) => sum + Math.exp(logit), 0)).toBeCloseTo(1, 5);
      expect(run.nats()[i]).toBe(-(own[intensities[i] as number] as number));
    }
    expect(Math.max(...logits)).toBeGreaterThan(Math.log(0.3));
  }
});

test('a bin of one Gaussian is what TensorFlow.js makes of it', async () => {
  const [mean, deviation] = [0.3, 0.02];
  const one = new PlanBuilder({ height: 1, width: 1, colors: 1, levels: 256 }, 1);
  const map = one.map(2, 'contiguous');
  one.plan.steps.push({
    kind: 'sum',
    when: 'pixel',
    out: map,
    terms: [],
    bias: () => Float32Array.of(mean, 1),
    additions: [],
    unit: 'linear',
    residuals: [],
  });
  const alpha = () => Float32Array.of(-2 * Math.log(deviation));
  const zero = () => new Float32Array(1);
  one.plan.output = {
    kind: 'mcgsm',
    map,
    components: 1,
    scales: 1,
    features: 1,
    eta: zero,
    alpha,
    beta: zero,
  };
  const edges = tf.sub(tf.mul(tf.range(0.5, 255.5), 2 / 255), 1);
  const below = tf.mul(tf.add(tf.erf(tf.div(tf.sub(edges, mean), deviation * Math.SQRT2)), 1), 0.5);
  const distribution = [0, ...below.dataSync(), 1];
  const intensities = Uint8Array.from({ length: 256 }, (_, level) => level);
  for (const executor of await executorsOf(one.plan)) {
    const nats = finished(executor, { mode: 'take', count: 256, intensities, nats: true }).nats();
    nats.forEach((value, level) => {
      const share = (distribution[level + 1] as number) - (distribution[level] as number);
      const wanted = share * (1 - 2 ** -16) + 2 ** -16 / 256;
      expect(Math.abs(Math.exp(-value) - wanted)).toBeLessThan(1e-6);
    });
    expect(Math.exp(-(nats[166] as number))).toBeGreaterThan(0.14);
  }
  tf.dispose([edges, below]);
});
