import { describe, expect, test } from 'vitest';
import { here, PlanBuilder, tap } from '../testing/planBuilder.js';
import { planKinds, planOf } from '../testing/plans.js';
import { checkPlan } from './checkPlan.js';
import { compilePlan } from './compilePlan.js';
import type { MapId, Plan, PlanTap, SumStep } from './plan.js';

const size = { height: 4, width: 4, colors: 3, levels: 4 };

test.each(Object.keys(planKinds))('%s can be executed', (kind) => {
  expect(() => checkPlan(planOf(kind, size, 1))).not.toThrow();
});

/** A plan whose second step reads as it is told to. */
function reading(
  taps: PlanTap[],
  from: (maps: { pixels: MapId; first: MapId; row: MapId }) => MapId,
  when: SumStep['when'] = 'pixel',
) {
  const b = new PlanBuilder(size, 1);
  const first = b.conv(0, 6, { side: 3, mask: 'A' });
  const row = b.sum(b.map(6), { when: 'row', terms: [{ map: first, taps: [tap(0, 0, 'upTo')] }] });
  b.sum(b.map(6), { when, terms: [{ map: from({ pixels: 0, first, row }), taps }] });
  return b.output(first);
}

describe('the future', () => {
  const cases: [string, Plan, string][] = [
    ['its own pixel', reading([tap(0, 0, 'upTo')], (m) => m.pixels), 'which is not drawn yet'],
    ['all colours of its own pixel', reading([tap(0, 0)], (m) => m.pixels), 'which is not drawn yet'],
    ['later colours', reading([tap(0, 0)], (m) => m.first), 'of which later colours are missing'],
    ['the pixel to the right', reading([tap(0, 1)], (m) => m.first), 'before that pixel is complete'],
    ['the row below', reading([tap(1, 0)], (m) => m.pixels), 'before that pixel is complete'],
    ['its own row', reading([tap(0, -1)], (m) => m.row), 'before that pixel is complete'],
    ['a row below that row', reading([tap(1, 0)], (m) => m.row, 'row'), 'before that row is complete'],
    ['pixels', reading([tap(-1, 0)], (m) => m.first, 'before'), 'before that is known'],
  ];
  test.each(cases)('%s cannot be read', (_, plan, why) => {
    expect(() => checkPlan(plan)).toThrow(why);
  });

  test('is not read by what lies behind', () => {
    for (const plan of [
      reading([tap(-1, 2), tap(0, -2), tap(0, 0, 'before')], (m) => m.pixels),
      reading([tap(-1, 2), tap(0, -2), tap(0, 0, 'upTo')], (m) => m.first),
      reading([tap(-1, 2)], (m) => m.row),
      reading([tap(0, 2), tap(-1, 0)], (m) => m.row, 'rowReversed'),
      reading([tap(0, 2), tap(-1, 0)], (m) => m.first, 'row'),
    ])
      expect(() => checkPlan(plan)).not.toThrow();
  });
});

test('a weight that its mask forbids is refused when weights are packed', () => {
  const plan = planOf('convolutions', size, 1);
  const [step] = plan.steps as [SumStep];
  const weights = step.terms[0]?.weights().slice().fill(1) as Float32Array;
  const leaking = { ...step, terms: [{ ...(step.terms[0] as SumStep['terms'][0]), weights: () => weights }] };
  const leak = { ...plan, steps: [leaking, ...plan.steps.slice(1)] };
  expect(() => compilePlan(leak)).toThrow(/step 0 has a weight from colour 0 to 0 of its own pixel/);
  const few = { ...step, bias: () => new Float32Array(3) };
  expect(() => compilePlan({ ...plan, steps: [few, ...plan.steps.slice(1)] })).toThrow(
    'plan: expected 10 of the bias of step 0, got 3',
  );
});

describe('what does not fit', () => {
  const plan = planOf('convolutions', size, 1);
  const [first, second] = plan.steps as [SumStep, SumStep];
  const changed = (change: Partial<Plan>) => () => checkPlan({ ...plan, ...change });
  const step = (change: Partial<SumStep>) =>
    changed({ steps: [first, { ...second, ...change }, ...plan.steps.slice(2)] });

  test('sizes', () => {
    expect(changed({ height: 0 })).toThrow('plan: height must be a positive integer, got 0');
    expect(changed({ levels: 300 })).toThrow('levels must be 2 to 256');
    expect(changed({ pixels: 1 })).toThrow('the map of pixels must have one channel a colour');
    expect(changed({ output: { kind: 'softmax', map: 1 } })).toThrow(
      "the output's map must have 12 channels",
    );
    expect(changed({ output: { kind: 'softmax', map: 99 } })).toThrow('plan: there is no map 99');
    expect(changed({ knownStride: 0 })).toThrow('knownStride must be null or a positive integer, got 0');
  });

  test('steps', () => {
    expect(step({ out: first.out })).toThrow('map 1 is written twice');
    expect(step({ additions: [here(1)] })).toThrow('reads map 1 as addition: expected 5 channels, got 10');
    expect(step({ unit: 'lstm' })).toThrow('step 1 with the unit lstm has no cell');
    expect(changed({ steps: [second, first, ...plan.steps.slice(2)] })).toThrow(
      'before the step that writes it',
    );
    expect(changed({ conditions: [first.out] })).toThrow('map 1 is written twice');
    expect(changed({ steps: plan.steps.slice(0, -1) })).toThrow("the output's map 6 is written by no step");
  });
});
