import { z } from 'zod';

const rate = z.number().positive();
const measured = rate.nullable();

/** `pnpm bench <name> --json`. */
export const reportSchema = z.strictObject({
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.int().positive(),
    /** That every participant may use. */
    threads: z.int().positive(),
    platform: z.string(),
    node: z.string(),
    /** Of the last minute, when the bench began: what else the machine had to do. */
    loadAverage: z.number().nonnegative(),
    tensorflow: z.string(),
    /** Floats in a vector register. */
    simd: z.int().positive(),
    kernels: z.string(),
    /** Of the engine's product of two large matrices, 1e9 operations a second. */
    matmulGflops: rate,
    pytorch: z.string().nullable(),
    jax: z.string().nullable(),
  }),
  engine: z.string(),
  rows: z.array(
    z.strictObject({
      work: z.string(),
      unit: z.literal('images/s'),
      /** Median of the rounds. */
      ours: rate,
      peers: z.strictObject({ pytorch: measured, torchCompile: measured, jax: measured }),
      /** Ours over the best peer. */
      ratio: measured,
      /** Every round's rate, in the order of the rounds. */
      rounds: z.record(z.string(), z.array(rate)),
      /** Ours, counted over live weights: see flops.ts. */
      gflops: rate,
      /** Of the matrix product's speed in the same rounds. */
      matmulFraction: rate,
    }),
  ),
});

export type Report = z.infer<typeof reportSchema>;
export type Row = Report['rows'][number];

/** What to call a participant in a table. */
export const participantLabels = {
  ours: 'pixelrnn',
  pytorch: 'PyTorch eager',
  torchCompile: 'torch.compile',
  jax: 'JAX jit',
} as const;

export type ParticipantName = keyof typeof participantLabels;
export type PeerName = Exclude<ParticipantName, 'ours'>;

/** The report as plain text. */
export function formatReport({ machine, engine, rows }: Report): string {
  const software = [
    `TensorFlow ${machine.tensorflow}`,
    `${machine.kernels} kernels`,
    machine.pytorch && `PyTorch ${machine.pytorch}`,
    machine.jax && `JAX ${machine.jax}`,
    `Node ${machine.node}`,
  ];
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.threads} threads each, load ${machine.loadAverage.toFixed(2)}`,
    `engine ${engine}, ${software.filter(Boolean).join(', ')}, matMul ${machine.matmulGflops.toFixed(0)} GFLOP/s`,
    ...rows.flatMap(formatRow),
  ].join('\n');
}

function formatRow(row: Row): string[] {
  const names = Object.keys(participantLabels) as ParticipantName[];
  const lines = names.map((name) => {
    const value = name === 'ours' ? row.ours : row.peers[name];
    const rounds = row.rounds[name] ?? [];
    const range = rounds.length
      ? `   ${digits(Math.min(...rounds))} to ${digits(Math.max(...rounds))} in ${rounds.length} rounds`
      : '';
    return `  ${participantLabels[name].padEnd(14)}${(value === null ? '-' : digits(value)).padStart(8)}${range}`;
  });
  const ratio = row.ratio === null ? '-' : row.ratio.toFixed(2);
  return [
    '',
    `${row.work}, ${row.unit}`,
    ...lines,
    `  ${'ratio'.padEnd(14)}${ratio.padStart(8)}   to the best peer`,
    `  ${'GFLOP/s'.padEnd(14)}${row.gflops.toFixed(0).padStart(8)}   ${(100 * row.matmulFraction).toFixed(0)} % of matMul`,
  ];
}

function digits(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
