import { expect, it } from 'vitest';
import { limitsOf } from './limits.js';

it.each([
  [
    'binarized MNIST (fixed)',
    784,
    'Models 28x28 binary images like those of binarized MNIST (fixed); likelihoods on other data or another binarization are not comparable.',
  ],
  [
    'CIFAR-10',
    3072,
    'Models 32x32 colour images with 256 intensities like those of CIFAR-10; likelihoods on other data are not comparable.',
  ],
  [
    'ImageNet sample',
    12_288,
    'Models 64x64 colour images with 256 intensities like those of the ImageNet sample; likelihoods on other data are not comparable.',
  ],
])('says of %s what it models', (dataset, dimensions, sentence) => {
  expect(limitsOf({}, { dataset, dimensions })).toBe(sentence);
});

it('leaves the sentence to an experiment whose models are no density models', () => {
  const limits = 'Not a density model.';
  expect(limitsOf({ limits }, { dataset: 'CIFAR-10', dimensions: 3072 })).toBe(limits);
});
