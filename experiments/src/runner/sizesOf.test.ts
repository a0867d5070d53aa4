import { expect, it } from 'vitest';
import { autoencoder } from '../autoencoder.js';
import type { RowModel } from '../experiment.js';
import { table4 } from '../table4.js';
import { sizesOf } from './sizesOf.js';

it('is depths and widths, without kernels and what does nothing on the data', () => {
  const pixelCNN = table4.rows.find(({ name }) => name === 'pixelcnn')?.model as RowModel;
  expect(sizesOf(pixelCNN, { blocks: 7, h: 16, headWidth: 32, kernelSize: 3 })).toBe(
    'blocks 7, h 16, headWidth 32',
  );
  const mse = autoencoder.rows.find(({ name }) => name === 'mse-10')?.model as RowModel;
  const sizes = { encoderLayers: 3, encoderFilters: 16, deviation: 0.2 };
  expect(sizesOf(mse, { ...sizes, data: 'fixed' })).toBe('encoderLayers 3, encoderFilters 16');
  expect(sizesOf(mse, { ...sizes, data: 'imagenet32' })).toBe(
    'encoderLayers 3, encoderFilters 16, deviation 0.2',
  );
});
