import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { setKernels } from '../dispatch/choice.js';
import { on, relativeDifference, useCpu } from '../testing/backends.js';
import { loadFusedBackends } from '../testing/fusedBackends.js';
import { gate } from './gate.js';

await useCpu();

let fused: string[];
beforeAll(async () => {
  fused = await loadFusedBackends();
});
afterEach(() => setKernels('auto'));

const drawn = fc.record({
  pixels: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 0, maxLength: 3 }),
  maps: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});

function outputAndGradient({ pixels, maps, seed }: { pixels: number[]; maps: number; seed: number }) {
  const random = new Random(seed);
  const normal = (shape: number[]) => {
    const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 2 * random.normal());
    return tf.tensor(values, shape);
  };
  const sums = normal([...pixels, 2 * maps]);
  return [gate(sums), tf.grad((x) => gate(x))(sums, normal([...pixels, maps]))];
}

describe('gate', () => {
  test('numbers to check by hand: the first half through tanh, the second through the logistic function', () => {
    const y = gate(tf.tensor2d([1, -2, 0, Math.log(3)], [1, 4]));
    expect(y.shape).toEqual([1, 2]);
    const [first, second] = y.dataSync();
    expect(first).toBeCloseTo(Math.tanh(1) * 0.5, 6);
    expect(second).toBeCloseTo(Math.tanh(-2) * 0.75, 6);
  });

  test('fused equals composed: output and gradient', () => {
    fc.assert(
      fc.property(drawn, (one) => {
        const expected = on('cpu', 'composed', () => outputAndGradient(one));
        for (const backend of fused) {
          on(backend, 'fused', () => outputAndGradient(one)).forEach((values, i) => {
            expect(relativeDifference(values, expected[i]!), `${backend}, ${i}`).toBeLessThan(2e-6);
          });
        }
      }),
      { seed: 4, numRuns: 40 },
    );
  });

  test('obeys the choice of kernels', async () => {
    const namesOf = async (choice: 'fused' | 'composed') => {
      setKernels(choice);
      const one = { pixels: [2], maps: 2, seed: 1 };
      const { kernelNames } = await tf.engine().profile(() => tf.tidy(() => void outputAndGradient(one)));
      return kernelNames.filter((name) => /Gate/.test(name)).sort();
    };
    for (const backend of fused) {
      await tf.setBackend(backend);
      expect(await namesOf('fused')).toEqual(['PixelrnnGate', 'PixelrnnGateBackward']);
      expect(await namesOf('composed')).toEqual([]);
    }
    await useCpu();
  });

  test('refuses what has no two halves', () => {
    expect(() => gate(tf.zeros([2, 3]))).toThrow('gate: sums must be a non-empty [..., 2p], got [2,3]');
    expect(() => gate(tf.zeros([0, 2]))).toThrow('got [0,2]');
    expect(() => gate(tf.zeros([2, 2], 'int32'))).toThrow('sums must be float32, got int32 [2,2]');
  });
});
