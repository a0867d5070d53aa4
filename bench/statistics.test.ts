import { expect, it } from 'vitest';
import { median, ratioToBest } from './statistics.js';

it('takes the middle value, or the mean of the two middle ones', () => {
  expect(median([3])).toBe(3);
  expect(median([9, 1, 5])).toBe(5);
  expect(median([100, 1, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow('at least one value');
});

it('leaves the values as they are', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

it('divides by the best peer that was measured', () => {
  expect(ratioToBest(600, [300, 400, 100])).toBe(1.5);
  expect(ratioToBest(600, [null, 400, null])).toBe(1.5);
  expect(ratioToBest(200, [400])).toBe(0.5);
  expect(ratioToBest(600, [null, null, null])).toBeNull();
});
