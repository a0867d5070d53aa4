import { describe, expect, test, vi } from 'vitest';
import { compilerFlags, kernelsFolder, sourceFiles } from './kernelsFolder.js';
import * as processor from './processor.js';
import { sourceRoot } from './sharedFlags.js';

vi.mock('./processor.js', { spy: true });

describe('processor features', () => {
  test('Linux: what every processor in the list has', () => {
    const text =
      'processor\t: 0\nflags\t\t: sse2 avx2 fma\nbugs\t: x\n\nprocessor\t: 1\nflags\t\t: fma sse2\n';
    expect(processor.linuxFeatures(text)).toEqual(['fma', 'sse2']);
    expect(processor.linuxFeatures('Features\t: fp asimd\n')).toEqual(['asimd', 'fp']);
    expect(processor.linuxFeatures('model name: x\n')).toEqual([]);
  });

  test('macOS: the lists of Intel processors and the switches that are on', () => {
    const text =
      'machdep.cpu.features: FPU AVX1.0\nmachdep.cpu.leaf7_features: AVX2\nmachdep.cpu.brand_string: M2\n' +
      'hw.optional.arm.FEAT_BF16: 1\nhw.optional.arm.FEAT_SME: 0\n';
    expect(processor.appleFeatures(text)).toEqual(['arm.FEAT_BF16', 'avx1.0', 'avx2', 'fpu']);
  });

  test('this machine has some', () => {
    expect(processor.processorFeatures().length).toBeGreaterThan(0);
  });
});

describe('the folder of the native kernels', () => {
  const features = vi.mocked(processor.processorFeatures);

  test('changes with the processor and with TensorFlow, and with nothing else', () => {
    features.mockReturnValue(['avx2', 'sse2']);
    const folder = kernelsFolder({ version: '2.21.0' });
    expect(kernelsFolder({ version: '2.21.0' })).toBe(folder);
    expect(kernelsFolder({ version: '2.9.1' })).not.toBe(folder);
    features.mockReturnValue(['avx2', 'avx512f', 'sse2']);
    expect(kernelsFolder({ version: '2.21.0' })).not.toBe(folder);
    features.mockReset();
  });

  test('wide vectors are preferred where there are any', () => {
    expect(compilerFlags(['avx512f'])).toContain('-mprefer-vector-width=512');
    expect(compilerFlags(['avx2'])).not.toContain('-mprefer-vector-width=512');
  });

  test('flags are those of flags.txt', () => {
    expect(compilerFlags([])).toEqual([
      ...['-std=c++20', '-fno-math-errno', '-fno-trapping-math', '-ffp-contract=fast'],
      ...['-O3', '-fPIC', '-fvisibility=hidden', '-DNAPI_VERSION=8'],
      expect.stringMatching(/^-m(arch|cpu)=native$/),
    ]);
  });

  test('sources are those of the kernels and ops, in an order of their own, without tests and benchmarks', () => {
    const files = sourceFiles().map((path) => path.slice(sourceRoot.length));
    expect(files).toEqual([...files].sort());
    for (const file of ['conv/gemm.cc', 'tensorflow/addon.cc', 'train/optimizers.cc'])
      expect(files).toContain(file);
    expect(files.filter((file) => /^(test|bench|plan)\b|\.h$/.test(file))).toEqual([]);
  });
});
