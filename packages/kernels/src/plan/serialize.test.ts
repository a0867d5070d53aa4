import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { executorsOf, finished } from '../testing/planExecutors.js';
import { planInputs, planKinds, planOf } from '../testing/plans.js';
import { decodePlan, encodePlan } from './serialize.js';

const size = { height: 4, width: 4, colors: 3, levels: 5 };

describe.each(Object.keys(planKinds))('a file of %s', (kind) => {
  const plan = planOf(kind, size, 2);
  const file = encodePlan(plan);

  test('gives the same plan, weights and all', () => {
    const again = decodePlan(file);
    const values = (value: unknown) =>
      JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'function' ? [...part()] : part)));
    expect(values(again)).toEqual(values(plan));
    expect(encodePlan(again).length).toBe(file.length);
  });

  test('that gives the same bits when it is run', async () => {
    const { count, uniforms, conditions, intensities } = planInputs(plan, 2, 1);
    const options = { mode: 'draw', count, uniforms, conditions, intensities, nats: true } as const;
    // At an odd address, as a part of a larger file.
    const inside = new Uint8Array(file.length + 9);
    inside.set(file, 3);
    const executors = [
      ...(await executorsOf(plan)),
      ...(await executorsOf(decodePlan(inside.subarray(3, 3 + file.length)))),
    ];
    const [wanted, ...others] = executors.map((executor) => finished(executor, options).nats());
    for (const got of others) expect(got).toEqual(wanted);
  });
});

const file = encodePlan(planOf('gated', size, 1));

test('weights that several places share are stored once', () => {
  const plan = planOf('convolutions', size, 1);
  const [step] = plan.steps;
  if (step?.kind !== 'sum') throw new Error('a sum');
  const doubled = { ...plan, maps: [...plan.maps], steps: [...plan.steps] };
  doubled.maps.push({ ...(plan.maps[step.out] as (typeof plan.maps)[0]) });
  doubled.steps.push({ ...step, out: plan.maps.length });
  const more = encodePlan(doubled).length - encodePlan(plan).length;
  const [term] = step.terms;
  expect(term?.weights().length).toBe(390);
  expect(more).toBeGreaterThan(100);
  expect(more).toBeLessThan(4 * 390);
});

describe('damage', () => {
  test('is found wherever a byte changes', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = file.slice();
        damaged[at] = (damaged[at] as number) ^ change;
        expect(() => decodePlan(damaged)).toThrow(/^plan file: (the file|the checksum)/);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('is found wherever the file ends', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        expect(() => decodePlan(file.subarray(0, length))).toThrow(/^plan file: .*(too short|cut short)/);
      }),
      { seed: 1 },
    );
  });

  test('any bytes give an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodePlan(bytes)).toThrow(/^plan file: /);
      }),
      { seed: 1 },
    );
  });

  test('the sentence says what is wrong', () => {
    expect(() => decodePlan(new Uint8Array(5))).toThrow('plan file: a file of 5 bytes is too short');
    expect(() => decodePlan(new Uint8Array(50))).toThrow('plan file: the file does not begin as one');
    const later = file.slice();
    later[8] = 7;
    expect(() => decodePlan(later)).toThrow('plan file: the file has version 7, this program reads 1');
  });
});

test('a plan that cannot be executed is neither written nor read', () => {
  const plan = planOf('convolutions', size, 1);
  expect(() => encodePlan({ ...plan, levels: 1 })).toThrow('plan: levels must be 2 to 256, got 1');
});
