import { expect, test } from 'vitest';
import { duration } from './duration.js';

test.each([
  [0, '0 s'],
  [3.44, '3.4 s'],
  [59, '59 s'],
  [90, '2 min'],
  [3599, '1 h'],
  [12_000, '3 h 20 min'],
  [86_400 - 1, '1 d'],
  [86_400 * 2 + 3600 * 3 + 100, '2 d 3 h'],
])('%d s reads %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
