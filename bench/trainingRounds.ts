import type { z } from 'zod';
import { BenchError } from './benchError.js';
import { interleave } from './interleave.js';
import { Participant, SilenceError } from './participant.js';
import { participantCommand, peerNames, type SharedArgument } from './participants.js';
import { matmulSchema, oursReadySchema, readySchema, stepsSchema } from './protocol.js';
import { type ParticipantName, type PeerName, participantLabels, type Row } from './report.js';
import { median, ratioToBest } from './statistics.js';
import type { Work } from './works.js';

const startSeconds = 300; // JAX's compiler included
const answerSeconds = 300;
const maxIdleShare = 0.02; // of a core, while the others are measured
const leastIdleSeconds = 0.05; // less is not worth a warning

export interface Pace {
  rounds: number;
  /** What a participant's part of a round takes, about. */
  roundSeconds: number;
  /** Steps that find out how many fill a part. */
  calibrationSteps: number;
}

export interface WorkOptions extends Pace {
  /** Peers that are not to be started, and why. */
  missing: ReadonlyMap<PeerName, string>;
  /** torch.compile is given up when it has not compiled and trained its first steps after so long; default 300. */
  compileSeconds?: number;
  log: (line: string) => void;
}

export interface WorkResult {
  row: Row;
  ours: z.infer<typeof oursReadySchema>['ready'];
  versions: Partial<Record<PeerName, string>>;
  /** One of each round. */
  matmulGflops: number[];
  failures: string[];
}

/**
 * One row: starts the participants one after the other, then measures them round by round.
 *
 * @throws BenchError when ours fails, or when a peer trains another number of parameters
 */
export async function measureWork(
  work: Work,
  shared: SharedArgument,
  { missing, compileSeconds = startSeconds, log, ...pace }: WorkOptions,
): Promise<WorkResult> {
  const running = new Map<ParticipantName, Participant>();
  const failures: string[] = [];
  const versions: WorkResult['versions'] = {};
  const absent: Row['absent'] = Object.fromEntries(missing);
  const fail = (name: PeerName, reason: string) => {
    const failure = `${work.name}: ${participantLabels[name]}: ${reason}`;
    absent[name] = reason;
    failures.push(failure);
    log(failure);
  };
  const start = (name: ParticipantName) => {
    log(`${work.name}: starting ${participantLabels[name]}`);
    const participant = Participant.start(participantCommand(name, shared));
    running.set(name, participant);
    return participant;
  };
  try {
    const { ready: ours } = await start('ours')
      .hear(oursReadySchema, startSeconds)
      .catch((error: Error) => {
        throw new BenchError(error.message);
      });
    for (const name of peerNames) {
      if (missing.has(name)) continue;
      try {
        const { ready } = await start(name).hear(
          readySchema,
          name === 'torchCompile' ? compileSeconds : startSeconds,
        );
        requireSameModel(name, ready.parameters, ours.parameters);
        versions[name] = ready.version;
      } catch (error) {
        if (error instanceof BenchError) throw error;
        running.delete(name);
        if (name === 'torchCompile' && error instanceof SilenceError) {
          absent[name] = `Compiling took more than ${compileSeconds} s.`;
          log(`${work.name}: ${participantLabels[name]}: ${absent[name]}`);
        } else fail(name, (error as Error).message);
      }
    }

    log(`${work.name}: ${pace.rounds} rounds`);
    const matmulGflops: number[] = [];
    const measures = new Map<ParticipantName, (round: number) => Promise<number>>();
    for (const [name, participant] of running) {
      const imagesPerSecond = paced(participant, { ...pace, name, batch: work.batch, log });
      measures.set(name, imagesPerSecond);
      if (name !== 'ours') continue;
      measures.set(name, async (round) => {
        const rate = await imagesPerSecond(round);
        matmulGflops.push((await participant.ask({ matmul: true }, matmulSchema, answerSeconds)).gflops);
        return rate;
      });
    }
    const rates: Row['rounds'] = {};
    for (const [name, outcome] of await interleave(measures, pace.rounds)) {
      if ('results' in outcome) rates[name] = outcome.results;
      else if (name === 'ours') throw new BenchError(outcome.failure);
      else fail(name, outcome.failure);
    }
    const { flopsPerStep } = ours;
    return {
      row: row(work, { rates, absent, flopsPerStep, matmulGflops }),
      ours,
      versions,
      matmulGflops,
      failures,
    };
  } finally {
    await Promise.all([...running.values()].map((participant) => participant.stop()));
  }
}

function requireSameModel(name: PeerName, parameters: number, ours: number): void {
  if (parameters === ours) return;
  throw new BenchError(
    `${participantLabels[name]} trains ${parameters} parameters and ours ${ours}: not the same model, so no comparison.`,
  );
}

interface PacedOptions extends Pace {
  name: ParticipantName;
  batch: number;
  log: (line: string) => void;
}

/** Measures images/s over so many steps as fill the participant's part of a round; the first call finds how many. */
function paced(participant: Participant, options: PacedOptions) {
  const { name, batch, roundSeconds, calibrationSteps, log } = options;
  let steps: number | undefined;
  return async (round: number): Promise<number> => {
    const idleSeconds = participant.idleSeconds();
    if (steps === undefined) {
      const { seconds } = await participant.ask({ steps: calibrationSteps }, stepsSchema, answerSeconds);
      steps = Math.max(1, Math.round((roundSeconds * calibrationSteps) / seconds));
    }
    const { seconds, idleCpuSeconds } = await participant.ask({ steps }, stepsSchema, answerSeconds);
    if (round > 0 && idleCpuSeconds > Math.max(leastIdleSeconds, maxIdleShare * idleSeconds)) {
      log(
        `${participantLabels[name]} used ${idleCpuSeconds.toFixed(2)} s of processor time while it waited for ${idleSeconds.toFixed(1)} s: the others were disturbed.`,
      );
    }
    return (steps * batch) / seconds;
  };
}

interface Measured {
  rates: Row['rounds'];
  absent: Row['absent'];
  flopsPerStep: number;
  matmulGflops: number[];
}

function row(work: Work, { rates, absent, flopsPerStep, matmulGflops }: Measured): Row {
  const rate = (name: ParticipantName) => (rates[name] ? median(rates[name]) : null);
  const ours = rate('ours') as number;
  const peers = { pytorch: rate('pytorch'), torchCompile: rate('torchCompile'), jax: rate('jax') };
  const gflops = ((ours / work.batch) * flopsPerStep) / 1e9;
  return {
    work: work.name,
    unit: 'images/s',
    ours,
    peers,
    absent,
    ratio: ratioToBest(ours, Object.values(peers)),
    rounds: rates,
    gflops,
    matmulFraction: gflops / median(matmulGflops),
  };
}
