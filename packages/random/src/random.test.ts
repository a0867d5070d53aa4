import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random, type RandomState } from './index.js';

const draws = (random: Random, count: number) => Array.from({ length: count }, () => random.uint32());

const startAt = (words: RandomState['words']) =>
  Random.fromState({ algorithm: 'xoshiro128**', seed: 0, purposes: [], words });

/** Sum of (observed - expected)^2 / expected. */
function chiSquare(counts: readonly number[], total: number): number {
  const expected = total / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('known answers', () => {
  it('equals the reference xoshiro128** from the state 1, 2, 3, 4', () => {
    // Outputs of Blackman and Vigna's xoshiro128starstar.c 1.1.
    expect(draws(startAt([1, 2, 3, 4]), 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  // Worked out with a separate program on integers of any size.
  it.each([
    [0, [1684164658, 3653269916, 2939563536, 2141751570], [1789933344, 44971166, 2521387044, 3848737593]],
    [42, [551831576, 144025891, 322543647, 3034809370], [660444221, 3652823732, 77672526, 910233633]],
    [
      4294967295,
      [3950124170, 4293442868, 1302505678, 2762329221],
      [4104197751, 1825856343, 1152209388, 2427537429],
    ],
  ])('seeds %i with four outputs of splitmix32', (seed, words, outputs) => {
    const random = new Random(seed);
    expect(random.state().words).toEqual(words);
    expect(draws(random, 4)).toEqual(outputs);
  });

  it.each([
    [['batches'], [1856866706, 2158998878, 2118923982, 2544200110]],
    [
      ['batches', 'epoch 3'],
      [2138591676, 358564416, 1270422308, 1536016520],
    ],
    [['ab'], [3053287133, 2386718555, 464880789, 4157524524]],
    [
      ['a', 'b'],
      [1547200623, 678604301, 4205536549, 2136632307],
    ],
    [[''], [2267528211, 1360455006, 3929068036, 3998082798]],
  ])('splits seed 42 by %j', (purposes, outputs) => {
    expect(draws(new Random(42, purposes), 4)).toEqual(outputs);
  });

  it('gives known normal numbers', () => {
    const init = new Random(42).split('init');
    const expected = [-0.23902250108505638, -0.757978493448977, 1.8666630099558663, 1.1493177089034536];
    for (const value of expected) expect(init.normal()).toBeCloseTo(value, 12);
  });

  it('gives uniform() as the 32 bits over 2^32', () => {
    expect(startAt([1, 2, 3, 4]).uniform()).toBe(11520 / 2 ** 32);
  });
});

describe('split', () => {
  it('does not depend on how many numbers the parent gave, and takes none from it', () => {
    const fresh = new Random(7);
    const used = new Random(7);
    draws(used, 1000);
    expect(draws(used.split('init'), 20)).toEqual(draws(fresh.split('init'), 20));
    expect(draws(fresh, 5)).toEqual(draws(new Random(7), 5));
  });

  it('is the same along a path and in one step', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.string(), { maxLength: 4 }), (seed, purposes) => {
        const walked = purposes.reduce((random, purpose) => random.split(purpose), new Random(seed));
        expect(draws(walked, 3)).toEqual(draws(new Random(seed, purposes), 3));
      }),
      { seed: 1 },
    );
  });

  it('gives different streams to different paths', () => {
    const path = fc.array(fc.string({ maxLength: 6 }), { maxLength: 3 });
    fc.assert(
      fc.property(path, path, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(draws(new Random(3, one), 4)).not.toEqual(draws(new Random(3, other), 4));
      }),
      { seed: 2 },
    );
  });

  it('gives uncorrelated siblings, children and neighbouring seeds', () => {
    const count = 20_000;
    const streams = [
      new Random(5),
      new Random(6),
      new Random(5).split('image 0'),
      new Random(5).split('image 1'),
      new Random(5).split('image 1').split('image 0'),
    ].map((random) => Array.from({ length: count }, () => random.uniform() - 0.5));
    for (const [i, one] of streams.entries()) {
      for (const other of streams.slice(i + 1)) {
        const correlation = (12 / count) * one.reduce((sum, value, k) => sum + value * other[k]!, 0);
        expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(count)); // 4 standard errors
      }
    }
  });
});

describe('distributions', () => {
  it('draws integer(n) evenly', () => {
    const random = new Random(11);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]!++;
    expect(chiSquare(counts, 70_000)).toBeLessThan(22.46); // 99.9% point for 6 degrees of freedom
  });

  it('is unbiased where a plain remainder would show it', () => {
    // With n = 3 * 2^30 the remainder of 32 bits would give the lowest third twice as often as each other third.
    const random = new Random(12);
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[Math.floor(random.integer(3 * 2 ** 30) / 2 ** 30)]!++;
    expect(chiSquare(counts, 30_000)).toBeLessThan(13.82); // 99.9% point for 2 degrees of freedom
  });

  it('keeps integer(n) in range for every n', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, n) => {
        const value = new Random(seed).integer(n);
        expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true);
      }),
      { seed: 3 },
    );
  });

  it('gives uniform numbers with the moments of [0, 1)', () => {
    const random = new Random(13);
    const values = Array.from({ length: 50_000 }, () => random.uniform());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 50_000));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / 50_000));
  });

  it('gives normal numbers with moments 0, 1, 0, 3', () => {
    const random = new Random(14);
    const count = 50_000;
    const values = Array.from({ length: count }, () => random.normal());
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / count;
    // The variances of x, x^2, x^3 and x^4 are 1, 2, 15 and 96.
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
  });

  it('gives a finite normal number where 1 - uniform is smallest', () => {
    // From this state the first two outputs are 2^32 - 1 and 0: rotl(5 * s1, 7) * 9 and (s1 ^ s2 ^ s0) = 0.
    const inverse = (value: number, odd: bigint) => {
      let x = 1n;
      for (let i = 0; i < 5; i++) x = BigInt.asUintN(32, x * (2n - odd * x));
      return Number(BigInt.asUintN(32, BigInt(value >>> 0) * x));
    };
    const rotated = inverse(0xffffffff, 9n);
    const s1 = inverse((rotated >>> 7) | (rotated << 25), 5n);
    const random = startAt([0, s1, s1, 1]);
    expect(random.normal()).toBeCloseTo(Math.sqrt(64 * Math.LN2), 9);
  });
});

describe('permutation', () => {
  it('holds every number once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 300 }), (seed, n) => {
        const sorted = new Random(seed).permutation(n).sort();
        expect([...sorted]).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
      { seed: 4 },
    );
  });

  it('gives each of the 24 orders of four equally often', () => {
    const random = new Random(15);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = random.permutation(4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()], 24_000)).toBeLessThan(49.73); // 99.9% point for 23 degrees of freedom
  });
});

describe('state', () => {
  it('resumes exactly where it was taken, through JSON', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.string(), { maxLength: 3 }), fc.nat(50), (seed, purposes, used) => {
        const random = new Random(seed, purposes);
        draws(random, used);
        const copy = Random.fromState(JSON.parse(JSON.stringify(random.state())));
        expect(copy.state()).toEqual(random.state());
        expect([copy.normal(), copy.integer(10), copy.uniform()]).toEqual([
          random.normal(),
          random.integer(10),
          random.uniform(),
        ]);
        expect(draws(copy.split('x'), 3)).toEqual(draws(random.split('x'), 3));
      }),
      { seed: 5 },
    );
  });
});

describe('bad input', () => {
  it.each([-1, 1.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY])('refuses the seed %d', (seed) => {
    expect(() => new Random(seed)).toThrow(/integer from 0 to 4294967295/);
  });

  it.each([0, -1, 2.5, 2 ** 32 + 1, Number.NaN])('refuses integer(%d)', (n) => {
    expect(() => new Random(1).integer(n)).toThrow(RangeError);
  });

  it.each([-1, 0.5, 2 ** 32])('refuses permutation(%d)', (n) => {
    expect(() => new Random(1).permutation(n)).toThrow(RangeError);
  });

  it.each([
    null,
    {},
    { ...new Random(1).state(), algorithm: 'other' },
    { ...new Random(1).state(), seed: -1 },
    { ...new Random(1).state(), purposes: [1] },
    { ...new Random(1).state(), words: [1, 2, 3] },
    { ...new Random(1).state(), words: [1, 2, 3, 2 ** 32] },
    { ...new Random(1).state(), words: [0, 0, 0, 0] },
  ])('refuses the state %j', (state) => {
    expect(() => Random.fromState(state as RandomState)).toThrow(/pass what Random\.state\(\) gave/);
  });
});

describe('README', () => {
  it('has an example that runs and prints what it says', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const example = /```ts\nimport \{ Random \} from '@pixelrnn\/random';\n([\s\S]*?)```/.exec(readme)![1]!;
    const lines: string[] = [];
    new Function('Random', 'console', example)(Random, { log: (line: string) => lines.push(line) });
    expect(lines).toHaveLength(1);
    const [, order, next, again] = /^([\d ]+); (\S+) = (\S+)$/.exec(lines[0]!)!;
    expect(order!.split(' ').sort()).toEqual(['0', '1', '2', '3', '4']);
    expect(next).toBe(again);
  });
});
