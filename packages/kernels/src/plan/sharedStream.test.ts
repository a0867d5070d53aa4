import { beforeAll, describe, expect, test } from 'vitest';
import { buildPlanExecutor } from '../native/buildPlanExecutor.js';
import { planInputs, planKinds, planOf } from '../testing/plans.js';
import type { PlanExecutor } from './executor.js';
import type { Share } from './groups.js';
import { nativeExecutor } from './nativeExecutor.js';
import type { Plan } from './plan.js';
import type { Machine } from './planRun.js';
import { prepareRun } from './runBuffers.js';
import { wasmExecutor } from './wasmExecutor.js';

beforeAll(async () => {
  expect(await buildPlanExecutor()).toHaveProperty('folder');
});

type Inputs = ReturnType<typeof planInputs>;

function encode(executor: PlanExecutor, { count, conditions, intensities, known }: Inputs, step: number) {
  const options = { mode: 'encode', count, conditions, intensities, known } as const;
  const run = executor.start({ ...options, sharedStream: true, nats: true });
  while (run.position < run.pixels) run.advance(step);
  const [stream, ...others] = run.streams();
  expect(others).toEqual([]);
  const bytes = run.nats().reduce((sum, nats) => sum + nats, 0) / Math.LN2 / 8;
  run.dispose();
  return { stream: stream as Uint8Array, bytes };
}

/** From a stream and the pixels that are known; the others are given as 0, which must not matter. */
function decode(executor: PlanExecutor, plan: Plan, inputs: Inputs, stream: Uint8Array): Uint8Array {
  const { count, conditions, intensities, known } = inputs;
  const { height, width, colors, knownStride } = plan;
  const given = intensities.map((value, i) => {
    const pixel = Math.floor(i / colors) % (height * width);
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const strided = knownStride !== null && row % knownStride === 0 && column % knownStride === 0;
    return strided || known[pixel] ? value : 0;
  });
  const options = {
    mode: 'decode',
    count,
    conditions,
    intensities: given,
    known,
    streams: [stream],
  } as const;
  const run = executor.start({ ...options, sharedStream: true });
  while (run.position < run.pixels) run.advance(11);
  const decoded = run.intensities();
  run.dispose();
  return decoded;
}

describe('a shared stream', () => {
  test.each(Object.keys(planKinds))(
    'is as long as all images are unlikely, and gives them back: %s',
    async (kind) => {
      for (const colors of [1, 3]) {
        const plan = planOf(kind, { height: 6, width: 8, colors, levels: kind === 'mcgsm' ? 5 : 2 }, 3);
        const inputs = planInputs(plan, 45, 4);
        const [wasm, native] = [await wasmExecutor(plan), nativeExecutor(plan, { threads: 3 })];
        const { stream, bytes } = encode(wasm, inputs, 48);
        expect(Math.abs(stream.length - bytes)).toBeLessThan(2 + 1e-3 * bytes);
        // Neither pixels a call, groups, threads nor build change it.
        expect(encode(wasm, inputs, 5).stream).toEqual(stream);
        expect(encode(native, inputs, 7).stream).toEqual(stream);
        for (const executor of [wasm, native]) {
          expect(decode(executor, plan, inputs, stream)).toEqual(inputs.intensities);
          executor.dispose();
        }
      }
    },
  );

  test('of certain images costs a byte or two, of unlikely ones what they are unlikely', async () => {
    const plan = planOf('convolutions', { height: 2, width: 2, colors: 1, levels: 256 }, 1);
    const sharp = { ...plan, steps: plan.steps.map((step) => ({ ...step })) };
    for (const step of sharp.steps) {
      if (step.kind !== 'sum' || step.out !== plan.output.map) continue;
      step.terms = [];
      step.bias = () => Float32Array.from({ length: 256 }, (_, level) => (level === 7 ? 40 : 0));
    }
    const executor = await wasmExecutor(sharp);
    const inputs = { ...planInputs(plan, 300, 2), known: new Uint8Array(4) };
    const likely = { ...inputs, intensities: new Uint8Array(1200).fill(7) };
    expect(encode(executor, likely, 4).stream.length).toBeLessThan(4);
    // Each costs the 22 bits of the least frequency, not the 57 that it has by its probability.
    const unlikely = { ...inputs, intensities: new Uint8Array(1200).fill(8) };
    const { stream } = encode(executor, unlikely, 4);
    expect(stream.length).toBeLessThanOrEqual((1200 * 22) / 8 + 2);
    expect(decode(executor, plan, unlikely, stream)).toEqual(unlikely.intensities);
  });

  // Groups begin side by side.
  test('is begun by the group of the first image alone', async () => {
    const plan = planOf('convolutions', { height: 2, width: 2, colors: 1, levels: 4 }, 1);
    const count = 12;
    const intensities = new Uint8Array(4 * count);
    for (const executor of [nativeExecutor(plan), await wasmExecutor(plan)]) {
      const options = { mode: 'encode', count, intensities, sharedStream: true } as const;
      const begun = (shares: Share[]) => {
        const { buffers, settings } = prepareRun(plan, options);
        const run = (executor as PlanExecutor & Machine).open(buffers, settings, shares);
        const coders = run.read('coders');
        run.close();
        return coders?.some((word) => word !== 0);
      };
      expect(begun([{ lanes: 4, first: 4, images: 4 }])).toBe(false);
      expect(begun([{ lanes: 4, first: 0, images: 4 }])).toBe(true);
    }
  });

  test('that is cut short or goes on is told of, or gives other images', async () => {
    const plan = planOf('rowLSTM', { height: 4, width: 4, colors: 1, levels: 16 }, 1);
    const executor = await wasmExecutor(plan);
    const inputs = { ...planInputs(plan, 5, 2), known: new Uint8Array(16) };
    const { stream } = encode(executor, inputs, 16);
    const longer = Uint8Array.from([...stream, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(() => decode(executor, plan, inputs, longer)).toThrow('goes on after its last pixel');
    expect(decode(executor, plan, inputs, stream.slice(0, 10))).not.toEqual(inputs.intensities);
  });
});
