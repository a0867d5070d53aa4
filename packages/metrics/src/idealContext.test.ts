import { expect, it } from 'vitest';
import { idealContext } from './idealContext.js';

it('is every earlier pixel, and the earlier colours of the pixel itself', () => {
  const shape = { height: 2, width: 2, colors: 3 };
  expect([...idealContext(shape, { row: 1, column: 0, color: 2 })]).toEqual([
    1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0,
  ]);
  expect([...idealContext(shape, { row: 0, column: 1, color: 1 })]).toEqual([
    1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0,
  ]);
  expect([...idealContext(shape, { row: 0, column: 0, color: 0 })]).toEqual(new Array(12).fill(0));
});
