import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cholesky, inverseTransposed, timesTransposed } from './cholesky.js';

/** X^T X + 0.1 I for pseudo-random X: symmetric and positive definite. */
function positiveDefinite(n: number, seed: number): Float64Array {
  const x = Float64Array.from({ length: n * n }, (_, i) => Math.sin((i + 1) * (seed + 1) * 0.7391));
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = i === j ? 0.1 : 0;
      for (let k = 0; k < n; k++) sum += x[k * n + i]! * x[k * n + j]!;
      a[i * n + j] = sum;
    }
  }
  return a;
}

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!;
    return sum;
  });
}

const transpose = (a: Float64Array, n: number) =>
  Float64Array.from({ length: n * n }, (_, at) => a[(at % n) * n + Math.floor(at / n)]!);

function expectClose(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThan(tolerance);
}

// Sizes on both sides of the tiles of 4 and the blocks of 64.
const sizes = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 31, 63, 64, 65, 67, 130);

describe('cholesky', () => {
  it('factors a matrix by hand', () => {
    const a = Float64Array.of(4, 99, 2, 10);
    cholesky(a, 2);
    expect([...a]).toEqual([2, 0, 1, 3]);
  });

  it('gives L with L L^T = A, and the inverses of L and A', () => {
    fc.assert(
      fc.property(sizes, fc.nat(1000), (n, seed) => {
        const a = positiveDefinite(n, seed);
        const l = a.slice();
        cholesky(l, n);
        for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expect(l[i * n + j]).toBe(0);
        expectClose(multiply(l, transpose(l, n), n), a, 1e-11 * n);
        const y = inverseTransposed(l, n);
        const identity = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
        expectClose(multiply(l, transpose(y, n), n), identity, 1e-9);
        const inverse = new Float64Array(n * n).fill(7);
        timesTransposed(y, n, inverse);
        expectClose(multiply(a, inverse, n), identity, 1e-6);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(
      /row 1 depends on the rows before it \(pivot -3\)/,
    );
    expect(() => cholesky(Float64Array.of(Number.NaN), 1)).toThrow(/row 0/);
  });
});
