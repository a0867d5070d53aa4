import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../wasm/header.mjs', import.meta.url));
const { moduleOf } = (await import(script)) as { moduleOf(header: string): string };
const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('kernelsHeader.ts is what kernels.h says', () => {
  expect(read('./kernelsHeader.ts'), 'run `pnpm --filter @pixelrnn/kernels header`').toBe(
    moduleOf(read('../../cpp/kernels.h')),
  );
});

describe('a header', () => {
  const inner = 'typedef struct {\n  int32_t channels;  // of a, b;\n  int32_t residual;\n} pixelrnn_up;\n';

  test('gives fields their places, those of a struct within too', () => {
    const header = `${inner}typedef struct {
  int32_t batch, kernel_width;
  const int32_t* taps;
  pixelrnn_up up;
  const float *a, *b;
} pixelrnn_layer;`;
    const written = moduleOf(header);
    expect(written).toContain(`  pixelrnn_layer: {
    batch: 0,
    kernelWidth: 4,
    taps: 8,
    up: {
      channels: 12,
      residual: 16,
    },
    a: 20,
    b: 24,
  },`);
    expect(written).toContain('  pixelrnn_layer: 28,');
  });

  test('gives parameters their names; the executor is in the order only', () => {
    const header =
      'size_t pixelrnn_run(int32_t per_image,\n    const float* const* x, const pixelrnn_executor* executor);\n';
    const written = moduleOf(header);
    expect(written).toContain('  pixelrnn_run(given: { perImage: number; x: Address }): number;');
    expect(written).toContain("  pixelrnn_run: ['perImage', 'x', 'executor'],");
  });

  test('breaks a line that is too long, as the formatter does', () => {
    const names = ['first', 'second', 'third', 'fourth', 'fifth'].map((name) => `${name}_number`);
    const written = moduleOf(`void pixelrnn_run(${names.map((name) => `int32_t ${name}`).join(', ')});\n`);
    expect(written).toContain(
      '  pixelrnn_run(given: {\n    firstNumber: number;\n    secondNumber: number;\n',
    );
  });

  test.each([
    ['a field of eight bytes', 'typedef struct {\n  int64_t pixels;\n} pixelrnn_layer;', 'int64_t'],
    ['an array', 'typedef struct {\n  int32_t sizes[3];\n} pixelrnn_layer;', "field 'sizes[3]'"],
  ])('is refused with %s', (_, header, message) => {
    expect(() => moduleOf(header)).toThrow(message);
  });
});
