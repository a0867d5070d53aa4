import { reachedImports } from '@pixelrnn/files/testing';
import { expect, test } from 'vitest';

test('masks and contexts of a plan need no TensorFlow.js', () => {
  expect(reachedImports(new URL('./plan.ts', import.meta.url))).toEqual(['@pixelrnn/kernels/plan']);
});
