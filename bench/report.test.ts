import { expect, it } from 'vitest';
import { formatReport, type Report, reportSchema } from './report.js';

const report: Report = {
  machine: {
    cpu: 'Abacus 8080',
    cores: 2,
    threads: 2,
    platform: 'linux-x64',
    node: '20.20.2',
    busy: 0.125,
    tensorflow: '2.21.0',
    simd: 16,
    kernels: 'native',
    matmulGflops: 200,
    pytorch: '2.15.0',
    jax: null,
  },
  engine: 'node',
  rows: [
    {
      work: 'pixelcnn 28x28x1 h=16 blocks=7 batch=16',
      unit: 'images/s',
      ours: 900,
      peers: { pytorch: 45.25, torchCompile: 600, jax: null },
      absent: { jax: 'JAX is away.' },
      ratio: 1.5,
      rounds: { ours: [890, 900, 1000], pytorch: [45, 45.25, 46], torchCompile: [600] },
      gflops: 50,
      matmulFraction: 0.25,
    },
  ],
};

it('accepts a report with and without peers', () => {
  expect(reportSchema.parse(report)).toEqual(report);
  const row = { ...report.rows[0], peers: { pytorch: null, torchCompile: null, jax: null }, ratio: null };
  expect(() => reportSchema.parse({ ...report, rows: [row] })).not.toThrow();
});

it.each([
  ['a peer left out instead of null', { peers: { pytorch: 1, jax: null } }],
  ['a reason for a peer that there is not', { absent: { theano: 'gone' } }],
  ['a rate of zero', { ours: 0 }],
  ['another unit', { unit: 'ms' }],
  ['a field of its own', { speed: 1 }],
  ['no ratio', { ratio: undefined }],
])('refuses %s', (_, change) => {
  expect(reportSchema.safeParse({ ...report, rows: [{ ...report.rows[0], ...change }] }).success).toBe(false);
});

it('prints a table in which a missing peer is a dash and the reason', () => {
  expect(formatReport(report)).toBe(
    `
Abacus 8080, 2 cores, 2 threads each, 13 % busy before
engine node, TensorFlow 2.21.0, native kernels, PyTorch 2.15.0, Node 20.20.2, matMul 200 GFLOP/s

pixelcnn 28x28x1 h=16 blocks=7 batch=16, images/s
  pixelrnn           900   890 to 1000 in 3 rounds
  PyTorch eager     45.3   45.0 to 46.0 in 3 rounds
  torch.compile      600   600 to 600 in 1 rounds
  JAX jit              -   JAX is away.
  ratio             1.50   to the best peer
  GFLOP/s             50   25 % of matMul
`.trim(),
  );
});
