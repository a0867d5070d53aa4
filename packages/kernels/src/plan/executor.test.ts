import { beforeAll, expect, test } from 'vitest';
import { buildPlanExecutor } from '../native/buildPlanExecutor.js';
import { planInputs, planKinds, planOf } from '../testing/plans.js';
import type { PlanExecutor } from './executor.js';
import { nativeExecutor } from './nativeExecutor.js';
import type { Plan } from './plan.js';
import { referenceLogits } from './reference.js';
import { wasmExecutor } from './wasmExecutor.js';

beforeAll(async () => {
  expect(await buildPlanExecutor()).toHaveProperty('folder');
});

const executors: Record<string, (plan: Plan) => PlanExecutor | Promise<PlanExecutor>> = {
  native: (plan) => nativeExecutor(plan, { threads: 2 }),
  wasm: wasmExecutor,
};

const shapes = [
  { height: 6, width: 4, colors: 1, levels: 2 },
  { height: 4, width: 6, colors: 3, levels: 5 },
];
const cases = Object.keys(planKinds).flatMap((kind) =>
  shapes.flatMap((shape) => Object.keys(executors).map((name) => ({ kind, shape, name }))),
);

test.each(cases)(
  '$kind of $shape.colors colours, $name: logits equal the reference',
  async ({ kind, shape, name }) => {
    const plan = planOf(kind, shape, 7);
    const { count, intensities, conditions } = planInputs(plan, 5, 3);
    const executor = await (executors[name] as (typeof executors)[string])(plan);
    const run = executor.start({ mode: 'take', count, intensities, conditions, logits: 'all', nats: true });
    run.advance();
    const wanted = referenceLogits(plan, { count, intensities, conditions });
    const got = run.logits();
    const nats = run.nats();
    expect(got.length).toBe(wanted.length);
    const { height, width, colors, levels, knownStride, output } = plan;
    const L = output.kind === 'bernoulli' ? 1 : levels;
    let worst = 0;
    let worstNats = 0;
    for (let i = 0; i < intensities.length; i++) {
      const pixel = Math.floor(i / colors) % (height * width);
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      const known = knownStride !== null && row % knownStride === 0 && column % knownStride === 0;
      const logits = [...wanted.subarray(i * L, (i + 1) * L)];
      const value = intensities[i] as number;
      const both = L === 1 ? [0, ...logits] : logits;
      const total = Math.log(both.reduce((sum, logit) => sum + Math.exp(logit), 0));
      worstNats = Math.max(
        worstNats,
        Math.abs((nats[i] as number) - (known ? 0 : total - (both[value] as number))),
      );
      logits.forEach((logit, l) => {
        worst = Math.max(worst, Math.abs((got[i * L + l] as number) - (known ? 0 : logit)));
      });
    }
    expect(worst).toBeLessThan(1e-5);
    expect(worstNats).toBeLessThan(1e-5);
    expect(Math.max(...wanted) - Math.min(...wanted)).toBeGreaterThan(0.1);
    executor.dispose();
  },
);
