import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheDir, writeFileAtomic } from '@pixelrnn/files';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { gpuModels, hasNvidiaDriver, platformId } from './install/platform.js';
import { findInstallation } from './tensorflowInstallation.js';

const speeds = z.record(z.string(), z.number().positive());

const comparisonSchema = z.strictObject({
  format: z.literal(2),
  /** The fused kernels for TensorFlow that were missing, a path; null where none were, or where they cannot be built at all. */
  missing: z.string().nullable(),
  /** The fused kernels for TensorFlow that were measured, a path; null where WebAssembly's were. */
  measured: z.string().nullable(),
  /** Native TensorFlow with composed kernels, which `auto` takes without a measurement. */
  composed: z.strictObject({ engine: z.enum(['gpu', 'node']), speeds }),
  /** The best engine after it that has fused kernels. */
  fused: z.strictObject({ engine: z.enum(['node', 'wasm']), speeds }),
});

/**
 * How fast two engines train the same models here, images/s by model, where the one that `auto` tries first has no fused kernels:
 * TensorFlow on a GPU, for which there are none, or on the processor, where they could not be compiled.
 */
export type EngineComparison = Omit<z.output<typeof comparisonSchema>, 'format'>;

/** An engine that `auto` takes before the one that would come first, and why: a phrase. */
export interface Preference {
  readonly engine: 'node' | 'wasm';
  readonly before: 'gpu' | 'node';
  readonly reason: string;
}

/**
 * Keeps a comparison beside the installation in the cache, for `loadEngine`: measured once, it decides the same at every
 * start. It holds for this processor, these GPUs, this number of threads and these versions of TensorFlow and TensorFlow.js.
 */
export async function keepComparison(comparison: EngineComparison): Promise<void> {
  const path = comparisonPath();
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify({ format: 2, ...comparison }, null, 2)}\n`);
}

/** Forgets the comparison of this machine, if there is one. */
export async function forgetComparison(): Promise<void> {
  await rm(comparisonPath(), { force: true });
}

/**
 * The comparison of this machine that is kept, unless the kernels that were missing have come since, or those that were measured
 * have gone.
 * @returns undefined too where there is none, or what is there is not whole: it is measured anew by the next install
 */
export function readComparison(): EngineComparison | undefined {
  let text: string;
  try {
    text = readFileSync(comparisonPath(), 'utf8');
  } catch {
    return undefined; // absent
  }
  const parsed = comparisonSchema.safeParse(parsedJson(text));
  if (!parsed.success) return undefined;
  const { format: _, ...comparison } = parsed.data;
  const { missing, measured } = comparison;
  const came = missing !== null && existsSync(missing);
  const went = measured !== null && !existsSync(measured);
  return came || went ? undefined : comparison;
}

/** How much faster the engine with fused kernels trains, as the geometric mean over the models that both have trained. */
export function fusedAdvantage({ composed, fused }: EngineComparison): number {
  const ratios = modelsOfBoth({ composed, fused }).map(
    (model) => fused.speeds[model]! / composed.speeds[model]!,
  );
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / Math.max(1, ratios.length));
}

/** 'PixelCNN 210 images/s against 95, Diagonal BiLSTM ...': the figures with fused kernels first. */
export function describeComparison({ composed, fused }: EngineComparison): string {
  return modelsOfBoth({ composed, fused })
    .map(
      (model) => `${model} ${rate(fused.speeds[model]!)} images/s against ${rate(composed.speeds[model]!)}`,
    )
    .join(', ');
}

/**
 * What `auto` takes here before native TensorFlow without fused kernels, or undefined where that comes first. Composed
 * kernels that the environment asks for are a choice of the user's, which this does not touch.
 */
export function preference(): Preference | undefined {
  if (process.env.PIXELRNN_KERNELS === 'composed') return undefined;
  const comparison = readComparison();
  if (!comparison || fusedAdvantage(comparison) <= 1) return undefined;
  const { engine } = comparison.fused;
  const before = comparison.composed.engine;
  const rival = engine === 'node' ? 'the processor with its own' : 'WebAssembly with its own';
  const figures = describeComparison(comparison);
  const reason =
    before === 'gpu'
      ? `it has no fused kernels, and ${rival} trains small models faster (${figures}); large ones may gain by PIXELRNN_ENGINE=gpu`
      : `it has no fused kernels here, and ${rival} trains faster (${figures})`;
  return { engine, before, reason };
}

function modelsOfBoth({ composed, fused }: Pick<EngineComparison, 'composed' | 'fused'>): string[] {
  return Object.keys(composed.speeds).filter((model) => fused.speeds[model]);
}

function comparisonPath(): string {
  const facts = {
    platform: platformId(),
    processor: cpus()[0]?.model,
    threads: availableParallelism(),
    limit: process.env.TF_NUM_INTRAOP_THREADS,
    tensorflow: findInstallation(false)?.tensorflow.version,
    gpu: hasNvidiaDriver() && [findInstallation(true)?.tensorflow.version, ...gpuModels()],
    tfjs: tf.version_core,
  };
  const key = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12);
  return join(cacheDir(), `engines-${key}.json`);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // torn by other means than ours, which write it whole
  }
}

const rate = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
