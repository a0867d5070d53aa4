import { buildPlanExecutor } from '../native/buildPlanExecutor.js';
import type { PlanExecutor, PlanRunOptions } from '../plan/executor.js';
import { nativeExecutor } from '../plan/nativeExecutor.js';
import type { Plan } from '../plan/plan.js';
import { wasmExecutor } from '../plan/wasmExecutor.js';
import { PlanBuilder, type PlanSize, tap } from './planBuilder.js';

let built: ReturnType<typeof buildPlanExecutor> | undefined;

/** Both executors of a plan; the native one is built where it is not. */
export async function executorsOf(plan: Plan): Promise<PlanExecutor[]> {
  built ??= buildPlanExecutor();
  const result = await built;
  if ('unavailable' in result) throw new Error(`the native executor: ${result.unavailable}`);
  return [nativeExecutor(plan, { threads: 2 }), await wasmExecutor(plan)];
}

/** A run to its end. */
export function finished(executor: PlanExecutor, options: PlanRunOptions) {
  const run = executor.start(options);
  run.advance();
  return run;
}

/** Logits that depend on the pixel to the left alone: `bias` [colors x L], plus `left` times the scaled pixel. */
export function biasedPlan(size: PlanSize, bias: readonly number[], left = 0): Plan {
  const b = new PlanBuilder(size, 1);
  const perColor = size.levels === 2 ? 1 : size.levels;
  const channels = size.colors * perColor;
  const map = b.map(channels, 'contiguous');
  const weights = new Float32Array(size.colors * channels).fill(left);
  b.plan.steps.push({
    kind: 'sum',
    when: 'pixel',
    out: map,
    terms: [{ map: 0, taps: [tap(0, -1)], weights: () => weights }],
    bias: () => Float32Array.from(bias),
    additions: [],
    unit: 'linear',
    residuals: [],
  });
  b.plan.output = { kind: size.levels === 2 ? 'bernoulli' : 'softmax', map };
  return b.plan;
}
