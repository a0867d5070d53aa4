import { expect, it } from 'vitest';
import { type ContextOutput, claimedContext } from './claimedContext.js';
import { PlanBuilder } from './planBuilder.js';

const plan = new PlanBuilder({ height: 4, width: 5, colors: 3 });
const tap = { row: -1, column: 0, colors: 'all' as const };
const above = plan.sum({
  channels: 3,
  terms: [{ map: plan.pixels, taps: [tap], weights: () => new Float32Array(9) }],
});
const built = plan.build(above);

it('is what the steps read', () => {
  const context = claimedContext(built, { row: 1, column: 2, color: 0 });
  expect([...context].flatMap((value, i) => (value ? [i] : []))).toEqual([6, 7, 8]);
});

it.each([
  [{ row: 9, column: 0, color: 0 }, 'row 9, column 0, colour 0'],
  [{ row: 0, column: -1, color: 0 }, 'row 0, column -1, colour 0'],
  [{ row: 2, column: 0 }, 'row 2, column 0, colour undefined'],
  [{ row: 2, column: 0, color: 3 }, 'row 2, column 0, colour 3'],
])('of %j is an error: it would look as if it depended on nothing', (output, message) => {
  expect(() => claimedContext(built, output as ContextOutput)).toThrow(
    `claimedContext: ${message} lies outside images of 4 x 5 x 3`,
  );
});
