import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBinarizedMnist } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { z } from 'zod';
import type { BenchOptions, BenchResult } from './bench.js';
import { BenchError } from './benchError.js';
import { busyNow, formatMachine, machineSchema, thisMachine } from './machine.js';
import { trainUntil } from './ours/trainUntil.js';
import { missingPeers, peerNames } from './participants.js';
import { type PeerName, participantLabels } from './report.js';
import { sharedArgument } from './training.js';
import { measureWork, type Pace, type WorkResult } from './trainingRounds.js';
import { type NatsWork, natsWorks, pickWorks } from './works.js';

const seconds = z.number().positive().nullable();

/** `pnpm bench time-to-nats --json`. */
export const timeToNatsSchema = z.strictObject({
  machine: machineSchema,
  engine: z.string(),
  dataset: z.string(),
  rows: z.array(
    z.strictObject({
      work: z.string(),
      unit: z.literal('s'),
      /** Validation nats per image that end the training, of so many images evenly spaced over the split. */
      nats: z.number(),
      validImages: z.int().positive(),
      learningRate: z.number(),
      /** Wall time of our training, without the validations; null where it did not get there in its longest time. */
      ours: seconds,
      /** Training images that it took, and where it ended. */
      images: z.int().positive(),
      reached: z.number(),
      /** Those images at the speed of each, in this run: nobody but ours was trained to the end. */
      peers: z.strictObject({ pytorch: seconds, torchCompile: seconds, jax: seconds }),
      extrapolated: z.literal(['pytorch', 'torchCompile', 'jax']).array(),
      absent: z.partialRecord(z.enum(['pytorch', 'torchCompile', 'jax']), z.string()),
      /** The best peer's time over ours. */
      ratio: seconds,
      /** Images a second in the rounds before, ours too. */
      imagesPerSecond: z.record(z.string(), z.number().positive()),
      /** Ours, after each validation. */
      curve: z.array(z.strictObject({ images: z.int(), seconds: z.number(), nats: z.number() })),
    }),
  ),
});

export type TimeToNatsReport = z.infer<typeof timeToNatsSchema>;
type Row = TimeToNatsReport['rows'][number];

const paces: Record<'full' | 'quick', Pace> = {
  full: { rounds: 5, roundSeconds: 3, calibrationSteps: 2 },
  quick: { rounds: 2, roundSeconds: 0.5, calibrationSteps: 1 },
};

/** Leave the row when it has not got there after so long. */
const longestSeconds = { full: 3600, quick: 120 };

const notQuick = 'Left out by --quick: it compiles for minutes.';

/**
 * Wall time to a validation likelihood on binarized MNIST, RMSProp at a constant rate. Ours is trained until it is there.
 * The peers compute the same updates (a test compares them), so they need as many images: their times are those images over
 * their images a second, measured in rounds with ours before.
 *
 * @throws BenchError when ours fails, when a peer trains another number of parameters, or when no row has the name
 */
export async function benchTimeToNats({ quick = false, only, log }: BenchOptions): Promise<BenchResult> {
  const works = pickWorks(natsWorks, only);
  const busy = await busyNow(log);
  const threads = availableParallelism();
  const missing = missingPeers();
  for (const reason of new Set(missing.values())) log(reason);
  const { train, valid } = await loadBinarizedMnist({ kind: 'fixed' }).catch((error: Error) => {
    throw new BenchError(error.message);
  });
  const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-'));
  const measured: { work: NatsWork; rates: WorkResult }[] = [];
  const rows: Row[] = [];
  try {
    for (const work of works) {
      const leftOut = new Map(missing);
      if (quick && work.model !== 'pixelcnn' && !missing.has('torchCompile'))
        leftOut.set('torchCompile', notQuick);
      const pace = paces[quick ? 'quick' : 'full'];
      const { nats, quickNats, learningRate, ...size } = work;
      const shared = sharedArgument(size, threads, folder);
      measured.push({
        work,
        rates: await measureWork(size, shared, { ...pace, missing: leftOut, log }),
      });
    }
    await loadEngine({ quiet: true }); // after the rounds: the other processes are gone
    for (const { work, rates } of measured) {
      const nats = quick ? work.quickNats : work.nats;
      log(`${work.name}: training to ${nats} nats`);
      const validImages = quick ? 200 : 2_000;
      const trained = await trainUntil(work, {
        train,
        valid: valid.subset(validImages),
        nats,
        validateEvery: quick ? 25 : 250,
        longestSeconds: longestSeconds[quick ? 'quick' : 'full'],
        onValidation: ({ images, seconds, nats }) =>
          log(`${work.name}: ${images} images, ${seconds.toFixed(1)} s, ${nats.toFixed(2)} nats`),
      });
      rows.push(timeRow({ work, nats, validImages, rates, trained }));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { engine, version, kernels, simd } = (measured[0] as { rates: WorkResult }).rates.ours;
  const report: TimeToNatsReport = {
    machine: thisMachine({ threads, busy, tensorflow: version, simd, kernels }),
    engine,
    dataset: train.name,
    rows,
  };
  const failures = [
    ...measured.flatMap(({ rates }) => rates.failures),
    ...rows
      .filter(({ ours }) => ours === null)
      .map(
        ({ work, nats, reached }) => `${work}: ${reached.toFixed(2)} nats, not ${nats}, in the longest time`,
      ),
  ];
  return { report, text: formatTimes(report), failures };
}

interface Measured {
  work: NatsWork;
  nats: number;
  validImages: number;
  rates: Pick<WorkResult, 'row'>;
  trained: Awaited<ReturnType<typeof trainUntil>>;
}

/** A row of the report: ours as it was, the peers' times from their speeds. */
export function timeRow({ work, nats, validImages, rates: { row }, trained }: Measured): Row {
  const { images, seconds, reached, there, curve } = trained;
  const peers: Row['peers'] = { pytorch: null, torchCompile: null, jax: null };
  const extrapolated: PeerName[] = [];
  const imagesPerSecond: Row['imagesPerSecond'] = { ours: row.ours };
  for (const name of peerNames) {
    const rate = row.peers[name];
    if (rate === null) continue;
    imagesPerSecond[name] = rate;
    if (!there) continue;
    peers[name] = images / rate;
    extrapolated.push(name);
  }
  const known = Object.values(peers).filter((time) => time !== null);
  return {
    work: work.name,
    unit: 's',
    nats,
    validImages,
    learningRate: work.learningRate,
    ours: there ? seconds : null,
    images,
    reached,
    peers,
    extrapolated,
    absent: row.absent,
    ratio: there && known.length > 0 ? Math.min(...known) / seconds : null,
    imagesPerSecond,
    curve,
  };
}

/** The report as plain text. */
export function formatTimes({ machine, engine, dataset, rows }: TimeToNatsReport): string {
  return [
    ...formatMachine(engine, machine, [`Node ${machine.node}`]),
    ...rows.flatMap((row) => [
      '',
      `${row.work}: to ${row.nats} nats on ${row.validImages} validation images of ${dataset}, RMSProp at ${row.learningRate}, ${row.images} images`,
      `  ${participantLabels.ours.padEnd(14)}${time(row.ours)}   ${row.ours === null ? `not reached: ${row.reached.toFixed(2)} nats` : 'trained'}`,
      ...peerNames.map((name) => {
        const note = row.extrapolated.includes(name)
          ? `extrapolated from ${(row.imagesPerSecond[name] as number).toFixed(1)} images/s`
          : (row.absent[name] ?? '');
        return `  ${participantLabels[name].padEnd(14)}${time(row.peers[name])}   ${note}`.trimEnd();
      }),
      `  ${'ratio'.padEnd(14)}${(row.ratio === null ? '-' : row.ratio.toFixed(2)).padStart(8)}   the best peer's time over ours`,
    ]),
  ].join('\n');
}

const time = (value: number | null) => (value === null ? '-' : `${value.toFixed(1)} s`).padStart(8);
