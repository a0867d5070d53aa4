import { expect, test } from 'vitest';
import { parseFeatures, processorFeatures, vectorWidth } from './vectorWidth.js';

test('features come from the first processor of /proc/cpuinfo, or from a plain list', () => {
  const x64 =
    'processor\t: 0\nflags\t\t: fpu avx avx2\nbugs\t\t: x\n\nprocessor\t: 1\nflags\t\t: fpu avx512f\n';
  expect([...parseFeatures(x64)]).toEqual(['fpu', 'avx', 'avx2']);
  expect([...parseFeatures('Features\t: fp asimd\n')]).toEqual(['fp', 'asimd']);
  expect([...parseFeatures('FPU AVX1.0\nAVX2 BMI1\n')]).toEqual(['fpu', 'avx1.0', 'avx2', 'bmi1']);
});

test.each([
  ['fpu avx avx2 avx512f', 16],
  ['fpu avx avx2', 8],
  ['fpu sse sse2', 4],
  ['fp asimd', 4],
])('%s: %i floats', (features, floats) => {
  expect(vectorWidth(parseFeatures(features))).toBe(floats);
});

test('this machine has some width', () => {
  expect([4, 8, 16]).toContain(vectorWidth(processorFeatures()));
});
