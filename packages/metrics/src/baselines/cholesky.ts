/** Rows and columns of a block; the blocks of one product stay in the processor's cache. */
const BLOCK = 64;

interface Block {
  values: Float64Array;
  /** Where the block begins. */
  start: number;
}

/**
 * C += sign x A B^T for row-major blocks of matrices with `stride` columns: C [m, n], A [m, k], B [n, k]. Tiles of 4 x 4
 * sums stay in registers.
 */
function addProduct(
  c: Block,
  a: Block,
  b: Block,
  { m, n, k, stride, sign }: { m: number; n: number; k: number; stride: number; sign: 1 | -1 },
): void {
  const [C, A, B] = [c.values, a.values, b.values];
  const [wholeRows, wholeColumns] = [m - (m % 4), n - (n % 4)];
  for (let i = 0; i < wholeRows; i += 4) {
    const a0 = a.start + i * stride;
    const [a1, a2, a3] = [a0 + stride, a0 + 2 * stride, a0 + 3 * stride];
    for (let j = 0; j < wholeColumns; j += 4) {
      const b0 = b.start + j * stride;
      const [b1, b2, b3] = [b0 + stride, b0 + 2 * stride, b0 + 3 * stride];
      // Plain statements: destructuring in here halves the speed.
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      let s20 = 0;
      let s21 = 0;
      let s22 = 0;
      let s23 = 0;
      let s30 = 0;
      let s31 = 0;
      let s32 = 0;
      let s33 = 0;
      for (let t = 0; t < k; t++) {
        const u0 = A[a0 + t]!;
        const u1 = A[a1 + t]!;
        const u2 = A[a2 + t]!;
        const u3 = A[a3 + t]!;
        const v0 = B[b0 + t]!;
        const v1 = B[b1 + t]!;
        const v2 = B[b2 + t]!;
        const v3 = B[b3 + t]!;
        s00 += u0 * v0;
        s01 += u0 * v1;
        s02 += u0 * v2;
        s03 += u0 * v3;
        s10 += u1 * v0;
        s11 += u1 * v1;
        s12 += u1 * v2;
        s13 += u1 * v3;
        s20 += u2 * v0;
        s21 += u2 * v1;
        s22 += u2 * v2;
        s23 += u2 * v3;
        s30 += u3 * v0;
        s31 += u3 * v1;
        s32 += u3 * v2;
        s33 += u3 * v3;
      }
      const sums = [s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33];
      for (let s = 0; s < 16; s++) C[c.start + (i + (s >> 2)) * stride + j + (s & 3)]! += sign * sums[s]!;
    }
  }
  for (let i = 0; i < m; i++) {
    for (let j = i < wholeRows ? wholeColumns : 0; j < n; j++) {
      let sum = 0;
      for (let t = 0; t < k; t++) sum += A[a.start + i * stride + t]! * B[b.start + j * stride + t]!;
      C[c.start + i * stride + j]! += sign * sum;
    }
  }
}

/** The rows of X [m, size] become those of X L^-T, for the lower triangular diagonal block L [size, size]. */
function solveRows(x: Block, l: Block, m: number, size: number, n: number): void {
  for (let row = 0; row < m; row++) {
    const at = x.start + row * n;
    for (let j = 0; j < size; j++) {
      const diagonal = l.start + j * n;
      let sum = x.values[at + j]!;
      for (let t = 0; t < j; t++) sum -= x.values[at + t]! * l.values[diagonal + t]!;
      x.values[at + j] = sum / l.values[diagonal + j]!;
    }
  }
}

/**
 * The Cholesky factor of a symmetric positive definite matrix, in place and in double precision: A = L L^T.
 *
 * @param a [n, n], of which the lower triangle is read; afterwards L, zeros above the diagonal
 * @throws Error for a matrix that is not positive definite, naming the row
 */
export function cholesky(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j += BLOCK) {
    const size = Math.min(BLOCK, n - j);
    const diagonal = { values: a, start: j * n + j };
    for (let i = j; i < n; i += BLOCK) {
      const m = Math.min(BLOCK, n - i);
      const shape = { m, n: size, k: j, stride: n, sign: -1 as const };
      addProduct(
        { values: a, start: i * n + j },
        { values: a, start: i * n },
        { values: a, start: j * n },
        shape,
      );
      if (i === j) factorDiagonal(a, j, size, n);
      else solveRows({ values: a, start: i * n + j }, diagonal, m, size, n);
    }
  }
  for (let row = 0; row < n; row++) a.fill(0, row * n + row + 1, (row + 1) * n);
}

function factorDiagonal(a: Float64Array, first: number, size: number, n: number): void {
  for (let i = first; i < first + size; i++) {
    for (let j = first; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let t = first; t < j; t++) sum -= a[i * n + t]! * a[j * n + t]!;
      if (i !== j) a[i * n + j] = sum / a[j * n + j]!;
      else if (sum > 0) a[i * n + i] = Math.sqrt(sum);
      else {
        throw new Error(
          `cholesky: expected a positive definite matrix, but row ${i} depends on the rows before it (pivot ${sum}).`,
        );
      }
    }
  }
}

/**
 * The transposed inverse of a lower triangular matrix.
 *
 * @param l [n, n]
 * @returns L^-T, upper triangular [n, n]
 */
export function inverseTransposed(l: Float64Array, n: number): Float64Array {
  const y = new Float64Array(n * n);
  for (let i = 0; i < n; i++) y[i * n + i] = 1;
  for (let j = 0; j < n; j += BLOCK) {
    const size = Math.min(BLOCK, n - j);
    for (let i = 0; i <= j; i += BLOCK) {
      const m = Math.min(BLOCK, n - i);
      const x = { values: y, start: i * n + j };
      const [rows, columns] = [
        { values: y, start: i * n + i },
        { values: l, start: j * n + i },
      ];
      addProduct(x, rows, columns, { m, n: size, k: j - i, stride: n, sign: -1 });
      solveRows(x, { values: l, start: j * n + j }, m, size, n);
    }
  }
  return y;
}

/**
 * The product of an upper triangular matrix with its transpose: the inverse of A = L L^T, for Y = L^-T.
 *
 * @param y [n, n]
 * @param into [n, n], overwritten with Y Y^T
 */
export function timesTransposed(y: Float64Array, n: number, into: Float64Array): void {
  into.fill(0);
  for (let i = 0; i < n; i += BLOCK) {
    for (let j = 0; j <= i; j += BLOCK) {
      const shape = {
        m: Math.min(BLOCK, n - i),
        n: Math.min(BLOCK, n - j),
        k: n - i,
        stride: n,
        sign: 1 as const,
      };
      const [rows, columns] = [
        { values: y, start: i * n + i },
        { values: y, start: j * n + i },
      ];
      addProduct({ values: into, start: i * n + j }, rows, columns, shape);
    }
  }
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) into[i * n + j] = into[j * n + i]!;
}
