import { z } from 'zod';
import { formatMachine, machineSchema } from './machine.js';
import { networks, rankCounts } from './mpiModel.js';

const rate = z.number().positive();

/** `pnpm bench mpi --json`, and mpi.json. */
export const mpiSchema = z.strictObject({
  machine: machineSchema.extend({ mpi: z.string() }),
  engine: z.string(),
  rows: z.array(
    z.strictObject({
      work: z.string(),
      unit: z.literal('images/s'),
      /** Medians of the rounds: one rank with two threads, two ranks with one each. */
      oneRank: rate,
      twoRanks: rate,
      /** Two ranks over one. */
      ratio: rate,
      rounds: z.strictObject({ oneRank: z.array(rate), twoRanks: z.array(rate) }),
      /** The sum of all gradients over the two ranks alone, at every step. */
      reduction: z.strictObject({ bytes: z.int().positive(), milliseconds: rate }),
      /** What the one rank computes. */
      gflops: rate,
    }),
  ),
  /** Computed from the rows by mpiComputed.ts, not measured; presets of whose kind there is a row. */
  computed: z.array(
    z.strictObject({
      preset: z.string(),
      /** The row whose speeds it is given. */
      row: z.string(),
      batch: z.int().positive(),
      parameters: z.int().positive(),
      /** What a step with the whole batch computes. */
      gflop: rate,
      steps: z.int().positive(),
      /** How long training takes on one rank. */
      hours: rate,
      efficiency: z.array(
        z.strictObject({
          gigabits: rate,
          latency: rate,
          /** By the number of ranks; null where it is more than images in a batch. */
          ranks: z.record(z.string(), rate.nullable()),
        }),
      ),
    }),
  ),
});

export type MpiReport = z.infer<typeof mpiSchema>;

/** The report as tables of Markdown. */
export function formatMpi({ machine, engine, rows, computed }: MpiReport): string {
  const digits = (value: number) => (value < 1000 ? value.toPrecision(3) : value.toFixed(0));
  const table = (head: readonly string[], lines: readonly (readonly string[])[]) =>
    [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...lines].map(
      (cells) => `| ${cells.join(' | ')} |`,
    );
  const measured = rows.map(({ work, oneRank, twoRanks, ratio, reduction }) => [
    `\`${work}\``,
    ...[oneRank, twoRanks, ratio].map(digits),
    digits(reduction.bytes / 1e6),
    digits(reduction.milliseconds),
  ]);
  const lines = [
    ...formatMachine(engine, machine, [machine.mpi, `Node ${machine.node}`]),
    '',
    ...table(['work', '1 rank, 2 threads', '2 ranks, 1 thread', 'ratio', 'MB a sum', 'ms a sum'], measured),
  ];
  if (computed.length === 0) return lines.join('\n');
  const percent = (value: number | null | undefined) =>
    value == null ? '-' : `${Math.round(100 * value)} %`;
  const counts = rankCounts.map(String);
  return [
    ...lines,
    '',
    'Computed, not measured: parallel efficiency.',
    '',
    ...table(
      [
        'preset paper',
        'batch',
        'MB a sum',
        'hours on 1 rank',
        ...networks.flatMap(({ gigabits }) => counts.map((count) => `${count} at ${gigabits} Gbit/s`)),
      ],
      computed.map(({ preset, batch, parameters, hours, efficiency }) => [
        preset,
        String(batch),
        digits((4 * parameters) / 1e6),
        hours < 10 ? hours.toFixed(1) : hours.toFixed(0),
        ...efficiency.flatMap(({ ranks }) => counts.map((count) => percent(ranks[count]))),
      ]),
    ),
  ].join('\n');
}
