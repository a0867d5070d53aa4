import { z } from 'zod';
import { formatMachine, machineSchema } from './machine.js';

const rate = z.number().positive();
const measured = rate.nullable();

/** `pnpm bench training --json`. */
export const reportSchema = z.strictObject({
  machine: machineSchema.extend({
    /** Speed of the engine's product of two large matrices, 1e9 operations a second. */
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
      /** Why a peer has no number, one sentence each. */
      absent: z.partialRecord(z.enum(['pytorch', 'torchCompile', 'jax']), z.string()),
      /** Ours over the best peer. */
      ratio: measured,
      /** Every round's rate, in the order of the rounds. */
      rounds: z.record(z.string(), z.array(rate)),
      /** Ours, counted over live weights: see flops.ts. */
      gflops: rate,
      /** Fraction of the matrix product's speed in the same rounds. */
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
    machine.pytorch && `PyTorch ${machine.pytorch}`,
    machine.jax && `JAX ${machine.jax}`,
    `Node ${machine.node}`,
    `matMul ${machine.matmulGflops.toFixed(0)} GFLOP/s`,
  ];
  const known = software.filter((part) => part !== null);
  return [...formatMachine(engine, machine, known), ...rows.flatMap(formatRow)].join('\n');
}

function formatRow(row: Row): string[] {
  const names = Object.keys(participantLabels) as ParticipantName[];
  const lines = names.map((name) => {
    const value = name === 'ours' ? row.ours : row.peers[name];
    const rounds = row.rounds[name] ?? [];
    const absent = name === 'ours' ? undefined : row.absent[name];
    const range = rounds.length
      ? `${digits(Math.min(...rounds))} to ${digits(Math.max(...rounds))} in ${rounds.length} rounds`
      : absent;
    const start = `  ${participantLabels[name].padEnd(14)}${(value === null ? '-' : digits(value)).padStart(8)}`;
    return range ? `${start}   ${range}` : start;
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
