import { expect, it } from 'vitest';
import { efficiency, ringSeconds } from './mpiModel.js';

const network = { gigabits: 8, latency: 1e-3 }; // a byte a nanosecond

it('a ring sends three quarters of the bytes twice between four ranks, in six messages', () => {
  expect(ringSeconds(1e9, 4, network)).toBeCloseTo(1.5 + 0.006, 9);
  expect(ringSeconds(0, 1, network)).toBe(0);
});

it('what is kept of four ranks: their time to compute over that and the sum', () => {
  const training = { batch: 8, flopsPerImage: 1e9, bytes: 1e9 };
  const speeds = { flops: 1e9, hostSecondsPerByte: 1e-10 };
  // 2 images, 2 s; 0.1 s on the host; 1.506 s between ranks. One rank takes 8 s.
  expect(efficiency(training, speeds, 4, network)).toBeCloseTo(8 / (4 * 3.606), 9);
  // Three ranks: the largest share has 3 images.
  const free = { gigabits: Number.POSITIVE_INFINITY, latency: 0 };
  expect(efficiency({ ...training, bytes: 0 }, speeds, 3, free)).toBeCloseTo(8 / 9, 9);
  expect(efficiency(training, speeds, 16, network)).toBeNull();
});
