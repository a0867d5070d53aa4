import { expect, test } from 'vitest';
import { here, PlanBuilder, tap } from '../testing/planBuilder.js';
import { compilePlan } from './compilePlan.js';
import { neededLater } from './neededLater.js';
import { packSum, packUpsample, tilesOf } from './packStep.js';
import type { SumStep, UpsampleStep } from './plan.js';

test('tiles are as equal as they can be', () => {
  expect(tilesOf(0)).toEqual([]);
  expect(tilesOf(8)).toEqual([8]);
  expect(tilesOf(9)).toEqual([5, 4]);
  expect(tilesOf(11)).toEqual([6, 5]);
  expect(tilesOf(17)).toEqual([6, 6, 5]);
});

/** Multiply-adds of each pass of a step: its live weights. */
const live = (plan: PlanBuilder['plan'], index: number) =>
  packSum(plan, plan.steps[index] as SumStep, index).map(({ weights }) => weights.length);

test('each colour has its own sums and its live weights alone', () => {
  const b = new PlanBuilder({ height: 4, width: 4, colors: 3, levels: 4 }, 1);
  b.conv(b.conv(0, 7, { side: 3, mask: 'A' }), 5);
  // 7 channels of 3 colours: 3, 2, 2 sums; 4 pixels before x 3 colours, and the colours before of the own pixel.
  expect(live(b.plan, 0)).toEqual([3 * 12, 2 * 13, 2 * 14]);
  // 5 channels: 2, 2, 1 sums of 3, 5 and 7 inputs.
  expect(live(b.plan, 1)).toEqual([2 * 3, 2 * 5, 1 * 7]);
});

test('whole pixels beside each other are one segment', () => {
  const b = new PlanBuilder({ height: 4, width: 4, colors: 1, levels: 2 }, 1);
  b.conv(0, 6, { side: 5, mask: 'A' });
  const [pass] = packSum(b.plan, b.plan.steps[0] as SumStep, 0);
  expect(pass?.segments.map(({ row, column, count }) => [row, column, count])).toEqual([
    [-2, -2, 5],
    [-1, -2, 5],
    [0, -2, 2],
  ]);
});

test('weights of zero at other pixels are left out, colour by colour', () => {
  const b = new PlanBuilder({ height: 4, width: 4, colors: 3, levels: 4 }, 1);
  const from = b.conv(0, 6, { side: 3, mask: 'A' });
  b.sum(b.map(6), { terms: [{ map: from, taps: [tap(-1, 0)] }] });
  const step = b.plan.steps[1] as SumStep;
  const [term] = step.terms as [SumStep['terms'][0]];
  const masked = term.weights().map((weight, i) => (Math.floor(i / 6) % 3 <= (i % 6) % 3 ? weight : 0));
  step.terms = [{ ...term, weights: () => masked }];
  expect(live(b.plan, 1)).toEqual([2 * 2, 2 * 4, 2 * 6]);
});

test('an upsampling has the taps of each phase', () => {
  const b = new PlanBuilder({ height: 4, width: 4, colors: 1, levels: 2 }, 1);
  b.upsample(b.condition(3, 2), 2, 2, 5);
  const passes = packUpsample(b.plan, b.plan.steps[0] as UpsampleStep, 0);
  // 5 x 5 taps: 3 or 2 of them along each side.
  expect(passes.map(({ segments }) => segments.reduce((sum, { count }) => sum + count, 0) / 3)).toEqual([
    9, 6, 6, 4,
  ]);
});

test('known pixels need what later ones read, and no head', () => {
  const b = new PlanBuilder({ height: 4, width: 4, colors: 1, levels: 2 }, 1);
  const first = b.conv(0, 4, { side: 3, mask: 'A' });
  const narrow = b.conv(first, 4);
  const wide = b.conv(narrow, 4, { side: 3 });
  const block = b.conv(wide, 4, { residuals: [here(first)] });
  const left = b.sum(b.map(4), { when: 'rowReversed', terms: [{ map: block, taps: [tap(0, 0, 'upTo')] }] });
  const both = b.sum(b.map(4), { terms: [{ map: left, taps: [tap(-1, 0)] }] });
  b.output(b.conv(both, 5));
  expect(neededLater(b.plan)).toEqual([true, true, true, true, true, false, false, false]);
  const last = new PlanBuilder({ height: 4, width: 4, colors: 1, levels: 2 }, 1);
  last.output(last.conv(last.conv(last.conv(0, 4, { side: 3, mask: 'A' }), 4, { side: 3 }), 4));
  expect(neededLater(last.plan)).toEqual([true, false, false, false]);
});

test('rows are kept as far as they are read', () => {
  const rows = (side: number, height: number) => {
    const b = new PlanBuilder({ height, width: 4, colors: 1, levels: 2 }, 1);
    const { program } = compilePlan(b.output(b.conv(0, 4, { side, mask: 'A' })));
    const maps = program[6] as number;
    return [program[maps + 3], program[maps + 11 + 3]];
  };
  expect(rows(7, 20)).toEqual([4, 1]);
  expect(rows(3, 20)).toEqual([2, 1]);
  expect(rows(7, 2)).toEqual([2, 1]);
});
