import { expect, it } from 'vitest';
import { requireImages } from './requireImages.js';

const shape = { height: 1, width: 2, channels: 1, levels: 3 };

it('counts images', () => {
  expect(requireImages('test', Uint8Array.of(0, 1, 2, 0), shape)).toBe(2);
  expect(requireImages('test', Buffer.from([0, 2]), shape)).toBe(1);
});

it.each([
  [
    undefined,
    'expected intensities as a Uint8Array, but undefined came: give [count, height, width, channels]',
  ],
  [null, 'but null came'],
  [[0, 1], 'but Array came'],
  [Float32Array.of(0.5, 1), 'but Float32Array came'],
  [new Uint8Array(0), '2 intensities each, but 0 came'],
  [new Uint8Array(3), '2 intensities each, but 3 came'],
  [Uint8Array.of(0, 3), 'with 3 levels an intensity is 0 to 2, but 3 came at index 1'],
])('%j is refused', (images, message) => {
  const require = () => requireImages('test', images as never, shape);
  expect(require).toThrow(message);
  expect(require).toThrow(expect.objectContaining({ code: 'usage' }));
});
