import { expect, it } from 'vitest';
import { optimizerText } from './optimizer.js';

const settings = { optimizer: 'adam', learningRate: 0.012, schedule: 'cosine' };

it('names the norm that gradients were clipped at, where they were', () => {
  expect(optimizerText({ ...settings, clipNorm: 300 })).toBe('adam 0.012, clipped at 300, cosine');
  expect(optimizerText({ ...settings, clipNorm: null })).toBe('adam 0.012, cosine');
  expect(optimizerText(settings)).toBe('adam 0.012, cosine');
});
