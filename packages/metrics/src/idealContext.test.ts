import { expect, it } from 'vitest';
import { idealContext } from './idealContext.js';
import type { ContextShape, Output } from './requireInside.js';

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

it.each([
  [{ row: 7, column: 0, color: 0 }, 'row 7, column 0, colour 0 lies outside images of 2 x 2 x 3'],
  [{ row: 1, column: 0 }, 'row 1, column 0, colour undefined lies outside images of 2 x 2 x 3'],
])('of %j is an error: it would look as if it were allowed everything', (output, message) => {
  const shape = { height: 2, width: 2, colors: 3 };
  expect(() => idealContext(shape, output as Output)).toThrow(`idealContext: ${message}`);
});

it('needs whole sizes', () => {
  const output = { row: 0, column: 0, color: 0 };
  expect(() => idealContext({} as ContextShape, output)).toThrow(
    'idealContext: row 0, column 0, colour 0 lies outside images of undefined x undefined x undefined',
  );
});
