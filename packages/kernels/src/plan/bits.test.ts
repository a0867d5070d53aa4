import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildPlanExecutor } from '../native/buildPlanExecutor.js';
import { fits, planInputs, planKinds, planOf } from '../testing/plans.js';
import type { PlanExecutor, PlanRunOptions } from './executor.js';
import { nativeExecutor } from './nativeExecutor.js';
import type { Plan } from './plan.js';
import { mapAt, valuesOf } from './planMaps.js';
import { wasmExecutor } from './wasmExecutor.js';

beforeAll(async () => {
  expect(await buildPlanExecutor()).toHaveProperty('folder');
});

type Inputs = ReturnType<typeof planInputs>;

const modes = ['draw', 'take', 'encode', 'guided'] as const;

/** Options of a run over images first .. first + count - 1 of the inputs. */
function optionsOf(plan: Plan, mode: (typeof modes)[number], all: Inputs, first: number, count: number) {
  const cut = <Values extends Uint8Array | Uint32Array | Float32Array>(values: Values): Values => {
    const size = values.length / all.count;
    return values.slice(first * size, (first + count) * size) as Values;
  };
  const common = {
    count,
    conditions: all.conditions.map(cut),
    known: all.known,
    intensities: cut(all.intensities),
    temperature: 0.75,
    nats: true,
    logits: 'all',
  } as const;
  const uniforms = cut(all.uniforms);
  const guided = mode === 'guided' && plan.output.kind !== 'mcgsm';
  const guidance = guided ? { scale: 1.75, conditions: all.others.map(cut) } : undefined;
  const options: PlanRunOptions =
    mode === 'draw' || mode === 'guided'
      ? { ...common, mode: 'draw', uniforms, ...(guidance && { guidance }) }
      : { ...common, mode };
  return options;
}

/** Everything a run gives, image by image, as bits. */
function results(executor: PlanExecutor, options: PlanRunOptions, step: number): string[] {
  const run = executor.start(options);
  while (run.position < run.pixels) run.advance(step);
  const streams = options.mode === 'encode' ? run.streams() : null;
  const all = [run.intensities(), run.nats(), run.logits()].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  run.dispose();
  return Array.from({ length: options.count }, (_, i) =>
    all
      .map((bytes) =>
        bytes.subarray((i * bytes.length) / options.count, ((i + 1) * bytes.length) / options.count),
      )
      .concat(streams ? [streams[i] as Uint8Array] : [])
      .map((bytes) => Buffer.from(bytes).toString('base64'))
      .join(),
  );
}

const cases = fc
  .record({
    kind: fc.constantFrom(...Object.keys(planKinds)),
    mode: fc.constantFrom(...modes),
    size: fc.record({
      height: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 13 }),
      colors: fc.constantFrom(1, 2, 3),
      levels: fc.constantFrom(2, 4, 7),
    }),
    count: fc.integer({ min: 1, max: 21 }),
    cut: fc.integer({ min: 1, max: 20 }),
    threads: fc.integer({ min: 1, max: 4 }),
    step: fc.integer({ min: 1, max: 30 }),
    seed: fc.nat(1e6),
  })
  .filter(({ kind, size }) => fits(kind, size));

describe('the same bits', () => {
  test('natively and in WebAssembly, for any threads, split of the batch and number of pixels a call', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ kind, mode, size, count, cut, threads, step, seed }) => {
        const plan = planOf(kind, size, seed);
        const inputs = planInputs(plan, count, seed);
        const whole = optionsOf(plan, mode, inputs, 0, count);
        const executors = [
          nativeExecutor(plan, { threads: 1 }),
          nativeExecutor(plan, { threads }),
          await wasmExecutor(plan),
        ] as const;
        const [wanted, ...others] = executors.map((executor) => results(executor, whole, step));
        for (const got of others) expect(got).toEqual(wanted);
        const first = Math.min(cut, count);
        const parts = [
          [0, first],
          [first, count - first],
        ] as const;
        for (const executor of executors) {
          const split = parts.flatMap(([from, images]) =>
            images === 0 ? [] : results(executor, optionsOf(plan, mode, inputs, from, images), plan.width),
          );
          expect(split).toEqual(wanted);
        }
        for (const executor of executors) executor.dispose();
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('with and without the outputs that are asked for', async () => {
    const plan = planOf('mcgsm', { height: 4, width: 5, colors: 3, levels: 9 }, 5);
    const { count, intensities } = planInputs(plan, 3, 5);
    const executor = await wasmExecutor(plan);
    const natsOf = (options: Partial<PlanRunOptions>) => {
      const run = executor.start({
        mode: 'take',
        count,
        intensities,
        nats: true,
        ...options,
      } as PlanRunOptions);
      run.advance();
      return run.nats();
    };
    const wanted = natsOf({});
    expect(natsOf({ logits: 'all' })).toEqual(wanted);
    expect(natsOf({ mode: 'encode' })).toEqual(wanted);
    expect(Math.min(...wanted)).toBeGreaterThan(0);
  });

  test('of open runs that take turns', async () => {
    const plan = planOf('gated', { height: 5, width: 4, colors: 1, levels: 2 }, 1);
    expect(plan.conditions.map((id) => valuesOf(plan, mapAt(plan, id)))).toEqual([4, 60]);
    for (const executor of [nativeExecutor(plan), await wasmExecutor(plan)]) {
      const options = [1, 2, 3].map((seed) =>
        optionsOf(plan, 'draw', planInputs(plan, 2 * seed, seed), 0, 2 * seed),
      );
      const alone = options.map((each) => results(executor, each, 20));
      const runs = options.map((each) => executor.start(each));
      for (let i = 0; i < 20; i++) for (const run of runs) run.advance(1);
      const drawn = runs.map((run) => Buffer.from(run.intensities()).toString('base64'));
      runs[1]?.dispose();
      expect(results(executor, options[2] as PlanRunOptions, 7)).toEqual(alone[2]);
      expect(Buffer.from((runs[2] as (typeof runs)[0]).intensities()).toString('base64')).toBe(drawn[2]);
      expect(new Set(drawn).size).toBe(3);
    }
  });
});
