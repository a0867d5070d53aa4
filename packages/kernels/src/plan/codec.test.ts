import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { biasedPlan, executorsOf, finished } from '../testing/planExecutors.js';
import { planInputs, planKinds, planOf } from '../testing/plans.js';

const sizes = [
  { height: 8, width: 10, colors: 1, levels: 2 },
  { height: 6, width: 8, colors: 3, levels: 64 },
];
const cases = Object.keys(planKinds).flatMap((kind) => sizes.map((size) => ({ kind, size })));

describe.each(cases)('$kind of $size.levels levels', ({ kind, size }) => {
  test('what is encoded is decoded, natively and in WebAssembly, in about as many bytes as nats', async () => {
    const plan = planOf(kind, size, 6);
    const { count, uniforms, conditions, intensities: start } = planInputs(plan, 5, 4);
    const perImage = size.height * size.width * size.colors;
    const [first, second] = await executorsOf(plan);
    if (!first || !second) throw new Error('two executors');
    const intensities = finished(first, {
      mode: 'draw',
      count,
      uniforms,
      conditions,
      intensities: start,
    }).intensities();
    const encoded = finished(first, { mode: 'encode', count, conditions, intensities, nats: true });
    const streams = encoded.streams();
    const [known, other] = [intensities, new Uint8Array(intensities.length)];
    for (let i = 0; i < other.length; i++) {
      const pixel = Math.floor(i / size.colors) % (size.height * size.width);
      const [row, column] = [Math.floor(pixel / size.width), pixel % size.width];
      const stride = plan.knownStride ?? 1e9;
      other[i] = row % stride === 0 && column % stride === 0 && plan.knownStride ? (known[i] as number) : 0;
    }
    for (const executor of [first, second]) {
      const decoded = finished(executor, { mode: 'decode', count, conditions, intensities: other, streams });
      expect(decoded.intensities()).toEqual(intensities);
    }
    expect(finished(second, { mode: 'encode', count, conditions, intensities }).streams()).toEqual(streams);
    streams.forEach((stream, i) => {
      const nats = encoded
        .nats()
        .subarray(i * perImage, (i + 1) * perImage)
        .reduce((sum, value) => sum + value, 0);
      const bytes = nats / Math.LN2 / 8;
      expect(stream.length).toBeLessThan(1.01 * bytes + 2);
      expect(stream.length).toBeGreaterThan(0.99 * bytes - 1);
    });
  });
});

test('known pixels take no bytes and are given to the decoder', async () => {
  const plan = planOf('convolutions', { height: 6, width: 6, colors: 1, levels: 16 }, 1);
  const { count, intensities, known } = planInputs(plan, 2, 7);
  for (const executor of await executorsOf(plan)) {
    const whole = finished(executor, { mode: 'encode', count, intensities }).streams();
    const streams = finished(executor, { mode: 'encode', count, intensities, known }).streams();
    expect(streams[0]?.length).toBeLessThan(whole[0]?.length as number);
    const given = intensities.map((value, i) => (known[i % 36] ? value : 0));
    const decoded = finished(executor, { mode: 'decode', count, intensities: given, known, streams });
    expect(decoded.intensities()).toEqual(intensities);
    const all = finished(executor, { mode: 'encode', count, intensities, known: known.fill(1) }).streams();
    expect(all.map(({ length }) => length)).toEqual([0, 0]);
  }
});

test('certain values cost next to nothing, unlikely ones 22 bits', async () => {
  const plan = biasedPlan({ height: 10, width: 10, colors: 1, levels: 2 }, [-30]);
  for (const executor of await executorsOf(plan)) {
    const count = 2;
    const intensities = new Uint8Array(200).fill(1, 100);
    const streams = finished(executor, { mode: 'encode', count, intensities }).streams();
    expect(streams[0]?.length).toBeLessThanOrEqual(1);
    expect(streams[1]?.length).toBeGreaterThan((100 * 21.9) / 8);
    expect(streams[1]?.length).toBeLessThan((100 * 22.1) / 8 + 2);
    expect(finished(executor, { mode: 'decode', count, streams }).intensities()).toEqual(intensities);
  }
});

test('any bytes decode to some image or to an error that says what is wrong', async () => {
  const plan = planOf('mcgsm', { height: 4, width: 5, colors: 3, levels: 11 }, 1);
  const [native, wasm] = await executorsOf(plan);
  let errors = 0;
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 120, size: 'max' }), { minLength: 1, maxLength: 3 }),
      (streams) => {
        const results = [native, wasm].map((executor) => {
          try {
            return finished(executor as NonNullable<typeof executor>, {
              mode: 'decode',
              count: streams.length,
              streams,
            });
          } catch (error) {
            errors++;
            return (error as Error).message;
          }
        });
        const [a, b] = results.map((result) => (typeof result === 'string' ? result : result.intensities()));
        expect(a).toEqual(b);
        if (typeof a === 'string')
          expect(a).toMatch(/^plan executor: the stream of image \d goes on after its last pixel$/);
        else expect(Math.max(...(a as Uint8Array))).toBeLessThan(11);
      },
    ),
    { numRuns: 200, seed: 3 },
  );
  expect(errors).toBeGreaterThan(0);
});
