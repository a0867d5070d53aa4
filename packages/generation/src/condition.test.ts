import { describe, expect, it } from 'vitest';
import { conditionValues, sliceCondition } from './condition.js';

describe('conditionValues', () => {
  it('makes a class one-hot, for all or for each', () => {
    expect(conditionValues(1, [3], 2).map((values) => [...values])).toEqual([[0, 1, 0, 0, 1, 0]]);
    expect(conditionValues([2, 0], [3], 2).map((values) => [...values])).toEqual([[0, 0, 1, 1, 0, 0]]);
    const labels = Uint8Array.of(2, 0) as unknown as number[];
    expect(conditionValues(labels, [3], 2)).toEqual(conditionValues([2, 0], [3], 2));
  });

  it('takes values as they are', () => {
    const values = Float32Array.of(1, 2, 3, 4);
    expect(conditionValues(values, [2], 2)).toEqual([values]);
    expect(conditionValues([values, values], [2, 2], 2)).toEqual([values, values]);
    expect(conditionValues(undefined, [], 2)).toEqual([]);
  });

  it.each([
    [1, [], 'this model has no condition'],
    [undefined, [10], 'conditioned on 10 values an image: give a class, or the values'],
    [10, [10], 'knows the classes 0 to 9, but 10 came'],
    [0.5, [10], 'knows the classes 0 to 9, but 0.5 came'],
    [[1], [10], 'expected 2 classes, one for each image, but 1 came'],
    [1, [10, 4], 'has 2 conditional inputs: give the values of each'],
    [new Float32Array(5), [10], 'expected 2 x 10 values, but 5 came'],
    [[new Float32Array(20)], [10, 4], 'has 2 conditional inputs, but 1 came'],
    [
      null,
      [10],
      'expected a class, a class for each image, or a Float32Array for each conditional input, but null',
    ],
    ['cat', [10], 'but String came'],
    [{}, [10], 'but Object came'],
    [[new Float32Array(20), null], [10, 4], 'but null came for input 1'],
    [
      [Array(20).fill(0)],
      [10],
      'expected a Float32Array for each conditional input, but Array came for input 0',
    ],
    [new Float32Array(20).fill(Number.NaN, 3), [10], 'expected finite values, but NaN came at index 3'],
  ])('%j for %j is refused', (condition, sizes, message) => {
    const values = () => conditionValues(condition as never, sizes, 2);
    expect(values).toThrow(message);
    expect(values).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

it('sliceCondition gives the values of some images', () => {
  const values = [Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(7, 8, 9)];
  const sliced = sliceCondition(values, [2, 1], 1, 2);
  expect(sliced.map((part) => [...part])).toEqual([
    [3, 4, 5, 6],
    [8, 9],
  ]);
});
