import type { EngineName } from '@pixelrnn/engine';
import { ancestralSampling, generate, type ImageShape, imageShapeOf } from '@pixelrnn/generation';
import { nativeExecutorIsBuilt } from '@pixelrnn/kernels/plan/native';
import type * as tf from '@tensorflow/tfjs';
import { BenchError } from './benchError.js';
import { flopsPerImage } from './flops.js';
import type { GenerationRow } from './generationReport.js';
import type { GenerationWork } from './generationWorks.js';
import { interleave } from './interleave.js';
import { matmulGflops } from './ours/matmulGflops.js';
import { modelOf } from './ours/model.js';
import { Participant } from './participant.js';
import { type SharedArgument, samplingPeer } from './participants.js';
import { readySchema, stepsSchema } from './protocol.js';
import { median } from './statistics.js';

const startSeconds = 300;
const answerSeconds = 600;

export interface GenerationPace {
  rounds: number;
  /** Positions at which the loops over the whole network are measured, at most. */
  positions: number;
}

export interface GenerationOptions extends GenerationPace {
  engine: EngineName;
  /** Why PyTorch cannot be asked here; null where it can. */
  noPeer: string | null;
  log: (line: string) => void;
}

export interface GenerationResult {
  row: GenerationRow;
  matmulGflops: number[];
  pytorch: string | null;
  failures: string[];
}

/** One row: images a second of both executors and of both loops, in turns. */
export async function measureGeneration(
  work: GenerationWork,
  shared: SharedArgument,
  { rounds, positions: most, engine, noPeer, log }: GenerationOptions,
): Promise<GenerationResult> {
  const model = modelOf(work);
  const shape = imageShapeOf(model);
  const all = shape.height * shape.width * shape.channels;
  const positions = Math.min(most, all);
  const pixels = Math.max(1, Math.round(positions / shape.channels)); // our loop passes over whole ones
  const failures: string[] = [];
  const absent: GenerationRow['absent'] = {
    torchCompile: 'Not measured: the loop is bound by the network, which the bench of training compares.',
    jax: 'Not measured: the loop is bound by the network, which the bench of training compares.',
  };
  const reason = work.peers ? noPeer : "Measured in the papers' sizes only.";
  if (reason) absent.pytorch = reason;
  let peer: Participant | null = null;
  let pytorch: string | null = null;
  try {
    if (!reason) {
      log(`${work.name}: starting PyTorch`);
      peer = Participant.start(samplingPeer(shared));
      try {
        const { ready } = await peer.hear(readySchema, startSeconds);
        if (ready.parameters !== model.countParams()) {
          throw new BenchError(
            `PyTorch's model has ${ready.parameters} parameters, ours ${model.countParams()}.`,
          );
        }
        pytorch = ready.version;
      } catch (error) {
        if (error instanceof BenchError) throw error;
        await peer.stop();
        peer = null;
        absent.pytorch = (error as Error).message;
        failures.push(`${work.name}: PyTorch: ${absent.pytorch}`);
      }
    }
    log(`${work.name}: ${rounds} rounds`);
    const gflops: number[] = [];
    const measures = participants(work, model, { shape, positions, pixels, peer, engine, gflops });
    for (const measure of measures.values()) await measure(); // warm
    gflops.length = 0;
    const rates: Record<string, number[]> = {};
    for (const [name, outcome] of await interleave(measures, rounds)) {
      if ('results' in outcome) rates[name] = outcome.results;
      else if (name !== 'pytorch') throw new BenchError(`${work.name}: ${name}: ${outcome.failure}`);
      else {
        absent.pytorch = outcome.failure;
        failures.push(`${work.name}: PyTorch: ${outcome.failure}`);
      }
    }
    const middle = (name: string) => (rates[name] ? median(rates[name]) : null);
    const [native, wasm, naive] = [middle('native'), middle('wasm') as number, middle('naive') as number];
    const ours = native ?? wasm;
    const theirs = middle('pytorch');
    const achieved = (ours * flopsPerImage(model)) / 1e9;
    const part = (measured: number) => (measured < all ? { measured, of: all } : null);
    return {
      row: {
        ...{ work: work.name, unit: 'images/s', ours, native, wasm, naive, absent, rounds: rates },
        peers: { pytorch: theirs, torchCompile: null, jax: null },
        ratio: theirs === null ? null : ours / theirs,
        extrapolated: {
          naive: part(pixels * shape.channels),
          pytorch: theirs === null ? null : part(positions),
        },
        gflops: achieved,
        matmulFraction: achieved / median(gflops),
      },
      ...{ matmulGflops: gflops, pytorch, failures },
    };
  } finally {
    await peer?.stop();
    model.dispose();
  }
}

interface Measured {
  shape: ImageShape;
  /** That PyTorch's loop passes over. */
  positions: number;
  /** That our loop passes over. */
  pixels: number;
  peer: Participant | null;
  engine: EngineName;
  /** Takes the speed of a matrix product of each round. */
  gflops: number[];
}

function participants(
  { batch: count }: GenerationWork,
  model: tf.LayersModel,
  { shape, positions, pixels, peer, engine, gflops }: Measured,
): Map<string, () => Promise<number>> {
  const all = shape.height * shape.width * shape.channels;
  const timed = async (body: () => Promise<unknown>) => {
    const start = performance.now();
    await body();
    return (performance.now() - start) / 1000;
  };
  const drawn = (build: 'native' | 'wasm') => async () =>
    count / (await timed(() => generate(model, { count, seed: 1, build })));
  /** All pixels known but the first ones: the loop passes over those. */
  const naive = () => {
    const area = shape.height * shape.width;
    const known = Uint8Array.from({ length: count * area }, (_, i) => (i % area < pixels ? 0 : 1));
    const loop = () =>
      ancestralSampling(model, {
        ...{ shape, count, known, temperature: 1, conditions: [], guidance: 1, onPixels: () => {} },
        start: new Uint8Array(count * all),
        noise: new Uint32Array(count * all).fill(2 ** 23),
      });
    return timed(loop).then((seconds) => (count * pixels * shape.channels) / all / seconds);
  };
  const measures = new Map<string, () => Promise<number>>();
  if (nativeExecutorIsBuilt()) measures.set('native', drawn('native'));
  measures.set('wasm', drawn('wasm'));
  measures.set('naive', async () => {
    const rate = await naive();
    gflops.push(await matmulGflops(engine));
    return rate;
  });
  if (peer) {
    measures.set('pytorch', async () => {
      const { seconds } = await peer.ask({ steps: positions }, stepsSchema, answerSeconds);
      return (count * positions) / all / seconds;
    });
  }
  return measures;
}
