import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheDir, writeFileAtomic } from '@pixelrnn/files';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { platformId } from './install/platform.js';
import { findInstallation } from './tensorflowInstallation.js';

const speeds = z.record(z.string(), z.number().positive());

const comparisonSchema = z.strictObject({
  format: z.literal(1),
  /** The fused kernels for TensorFlow that were missing, a path; null where they cannot be built at all. */
  missing: z.string().nullable(),
  /** Training with composed kernels on native TensorFlow, images/s by model. */
  node: speeds,
  /** Training with fused kernels on WebAssembly, images/s by model. */
  wasm: speeds,
});

/** How fast two engines train the same models here where native TensorFlow has no fused kernels. */
export type EngineComparison = Omit<z.output<typeof comparisonSchema>, 'format'>;

/**
 * Keeps a comparison beside the installation in the cache, for `loadEngine`: measured once, it decides the same at every
 * start. It holds for this processor, this number of threads and these versions of TensorFlow and TensorFlow.js.
 */
export async function keepComparison(comparison: EngineComparison): Promise<void> {
  const path = comparisonPath();
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify({ format: 1, ...comparison }, null, 2)}\n`);
}

/** Forgets the comparison of this machine, if there is one. */
export async function forgetComparison(): Promise<void> {
  await rm(comparisonPath(), { force: true });
}

/**
 * The comparison of this machine that is kept, unless the kernels that were missing have come since.
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
  return comparison.missing !== null && existsSync(comparison.missing) ? undefined : comparison;
}

/** How much faster WebAssembly trains, as the geometric mean over the models that both have trained. */
export function wasmAdvantage({ node, wasm }: EngineComparison): number {
  const ratios = Object.keys(node).flatMap((model) => (wasm[model] ? [wasm[model] / node[model]!] : []));
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / Math.max(1, ratios.length));
}

/** 'PixelCNN 210 images/s against 95, Diagonal BiLSTM ...': WebAssembly's figures first. */
export function describeComparison({ node, wasm }: EngineComparison): string {
  return Object.keys(node)
    .filter((model) => wasm[model])
    .map((model) => `${model} ${rate(wasm[model]!)} images/s against ${rate(node[model]!)}`)
    .join(', ');
}

/**
 * Why `auto` takes WebAssembly before native TensorFlow here, a phrase, or undefined where it does not. Composed kernels
 * that the environment asks for are a choice of the user's, which this does not touch.
 */
export function whyWasmFirst(): string | undefined {
  if (process.env.PIXELRNN_KERNELS === 'composed') return undefined;
  const comparison = readComparison();
  if (!comparison || wasmAdvantage(comparison) <= 1) return undefined;
  return `it has no fused kernels here, and WebAssembly with its own trains faster (${describeComparison(comparison)})`;
}

function comparisonPath(): string {
  const facts = {
    platform: platformId(),
    processor: cpus()[0]?.model,
    threads: availableParallelism(),
    limit: process.env.TF_NUM_INTRAOP_THREADS,
    tensorflow: findInstallation(false)?.tensorflow.version,
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
