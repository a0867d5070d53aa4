import { expect, it } from 'vitest';
import { nearestImages } from './nearestImages.js';

const shape = { height: 1, width: 2, channels: 1, levels: 256 };

it('finds the nearest image of all batches', () => {
  const found = nearestImages(
    Uint8Array.of(10, 10, 200, 200),
    [Uint8Array.of(0, 0, 13, 14), Uint8Array.of(200, 201)],
    shape,
  );
  expect([...found.images]).toEqual([13, 14, 200, 201]);
  expect([...found.indices]).toEqual([1, 2]);
  expect([...found.distances]).toEqual([5, 1]);
});

it('takes the first of equally near ones', () => {
  const { indices } = nearestImages(Uint8Array.of(5, 5), [Uint8Array.of(5, 6, 6, 5)], shape);
  expect([...indices]).toEqual([0]);
});

it('says what it takes', () => {
  const five = Uint8Array.of(5, 5);
  expect(() => nearestImages(five, [five], undefined as never)).toThrow('such as imageShapeOf(model)');
  expect(() => nearestImages(five, five as never, shape)).toThrow('such as [dataset.images]');
  expect(() => nearestImages(five, undefined as never, shape)).toThrow('such as [dataset.images]');
});

it('wants images to look at, of the same shape', () => {
  expect(() => nearestImages(Uint8Array.of(5, 5), [], shape)).toThrow('expected images to look at');
  expect(() => nearestImages(Uint8Array.of(5, 5), [Uint8Array.of(1)], shape)).toThrow(
    '2 intensities each, but 1 came',
  );
});
