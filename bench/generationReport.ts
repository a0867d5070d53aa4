import { z } from 'zod';
import { formatMachine, machineSchema } from './machine.js';

const rate = z.number().positive();
const measured = rate.nullable();
/** How many of how many positions were measured, where not all were. */
const part = z.strictObject({ measured: z.int().positive(), of: z.int().positive() }).nullable();

/** `pnpm bench generation --json`. */
export const generationReportSchema = z.strictObject({
  machine: machineSchema.extend({ matmulGflops: rate, pytorch: z.string().nullable() }),
  engine: z.string(),
  rows: z.array(
    z.strictObject({
      work: z.string(),
      unit: z.literal('images/s'),
      /** The native executor, or WebAssembly where it is not built; medians of the rounds. */
      ours: rate,
      native: measured,
      wasm: rate,
      /** Our own loop over the whole network. */
      naive: rate,
      peers: z.strictObject({ pytorch: measured, torchCompile: z.null(), jax: z.null() }),
      absent: z.partialRecord(z.enum(['pytorch', 'torchCompile', 'jax']), z.string()),
      /** Ours over PyTorch's loop. */
      ratio: measured,
      /** The loops over the whole network cost the same at every position: a part of them is measured and extrapolated. */
      extrapolated: z.strictObject({ naive: part, pytorch: part }),
      rounds: z.record(z.string(), z.array(rate)),
      /** Ours, counted over live weights once a position: see flops.ts. */
      gflops: rate,
      matmulFraction: rate,
    }),
  ),
  compression: z.strictObject({
    work: z.string(),
    unit: z.literal('bits/dim'),
    images: z.int().positive(),
    /** Minus the log-likelihood: what no code of these probabilities is below. */
    nll: rate,
    ours: rate,
    peers: z.strictObject({ png: rate, webp: rate, jpegXl: z.null() }),
    absent: z.strictObject({ jpegXl: z.string() }),
    /** Millions of intensities, a byte each. */
    megabytesPerSecond: z.strictObject({ compress: rate, decompress: rate }),
  }),
});

export type GenerationReport = z.infer<typeof generationReportSchema>;
export type GenerationRow = GenerationReport['rows'][number];

/** The report as plain text. */
export function formatGenerationReport({ machine, engine, rows, compression }: GenerationReport): string {
  const software = [
    ...(machine.pytorch ? [`PyTorch ${machine.pytorch}`] : []),
    `Node ${machine.node}`,
    `matMul ${machine.matmulGflops.toFixed(0)} GFLOP/s`,
  ];
  return [
    ...formatMachine(engine, machine, software),
    ...rows.flatMap(formatRow),
    ...formatCompression(compression),
  ].join('\n');
}

function formatRow(row: GenerationRow): string[] {
  const { naive, pytorch } = row.extrapolated;
  const note = (extrapolated: GenerationRow['extrapolated']['naive']) =>
    extrapolated ? `   extrapolated from ${extrapolated.measured} of ${extrapolated.of} positions` : '';
  const line = (label: string, value: number | null, after = '') =>
    `  ${label.padEnd(16)}${(value === null ? '-' : digits(value)).padStart(10)}${after}`;
  return [
    '',
    `${row.work}, ${row.unit}`,
    line('native', row.native),
    line('WebAssembly', row.wasm),
    line('our naive loop', row.naive, note(naive)),
    line(
      'PyTorch',
      row.peers.pytorch,
      row.peers.pytorch === null ? `   ${row.absent.pytorch}` : note(pytorch),
    ),
    line('ratio', row.ratio, '   to PyTorch'),
    line('GFLOP/s', row.gflops, `   ${(100 * row.matmulFraction).toFixed(0)} % of matMul`),
  ];
}

function formatCompression({
  work,
  images,
  nll,
  ours,
  peers,
  megabytesPerSecond,
  absent,
}: GenerationReport['compression']): string[] {
  const bits = (label: string, value: number) => `  ${label.padEnd(16)}${value.toFixed(4).padStart(10)}`;
  const { compress, decompress } = megabytesPerSecond;
  return [
    '',
    `${work}, ${images} images, bits/dim`,
    bits('-log likelihood', nll),
    bits('pixelrnn', ours),
    bits('PNG', peers.png),
    bits('WebP lossless', peers.webp),
    `  ${'JPEG XL'.padEnd(16)}${'-'.padStart(10)}   ${absent.jpegXl}`,
    `  compressing ${compress.toFixed(2)} MB/s, decompressing ${decompress.toFixed(2)} MB/s`,
  ];
}

function digits(value: number): string {
  return value < 0.1 ? value.toPrecision(2) : value.toFixed(value < 100 ? 1 : 0);
}
