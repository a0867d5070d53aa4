import { cellSignal } from '@pixelrnn/cell';
import { optionErrors } from '@pixelrnn/kernels/options';
import { leastTemperature } from '@pixelrnn/kernels/plan';
import { z } from 'zod';
import type { Condition } from './condition.js';
import { GenerationError } from './generationError.js';

/** How far a call is. */
export interface GenerationProgress {
  /** Pixels of all images that are done, and how many there are. */
  done: number;
  total: number;
}

/** What every call takes. */
export interface RunOptions {
  /** What images are conditioned on, where the model has a condition. */
  condition?: Condition | undefined;
  /** Called now and then, and awaited; what it throws ends the call. In a notebook, by default, a line that changes in place. */
  onProgress?: ((progress: GenerationProgress) => void | Promise<void>) | undefined;
  /**
   * Ends the call by throwing the signal's reason. By default the signal of the notebook's cell, where there is one.
   */
  signal?: AbortSignal | undefined;
  /**
   * `auto`: compiled for this processor where there is such a build, else WebAssembly, with a warning where the build is there
   * but does not load. The images are the same.
   */
  build?: Build | undefined;
  /** Images that advance together; by default as many as suit the machine. The images are the same. */
  batchSize?: number | undefined;
}

export type Build = 'auto' | 'native' | 'wasm';

/** What drawing takes beside. */
export interface SamplingOptions extends RunOptions {
  /** 0..2^32-1. Image i depends on seed and i alone. */
  seed: number;
  /**
   * Logits are divided by it; default 1, the model's own distribution. At least 1e-20, which draws the likeliest level of each
   * pixel and colour.
   */
  temperature?: number | undefined;
  /** 0..1e6: factor of the difference between conditional and unconditional logits; default 1, the model's own distribution. */
  guidance?: number | undefined;
  /** For a model whose layers cannot be evaluated pixel by pixel: is told which, once a model; default `console.warn`. */
  onWarning?: ((message: string) => void) | undefined;
}

const runShape = {
  condition: z.custom<Condition>().optional(),
  onProgress: z.custom<RunOptions['onProgress']>((value) => typeof value === 'function').optional(),
  signal: z.instanceof(AbortSignal).optional(),
  build: z.enum(['auto', 'native', 'wasm']).optional(),
  batchSize: z.int().positive().optional(),
};
const tooCold = `expected at least ${leastTemperature}, which draws the likeliest level of each pixel and colour: give that for the likeliest images`;
const samplingShape = {
  ...runShape,
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  temperature: z
    .number()
    .positive()
    .refine((temperature) => temperature >= leastTemperature, { error: tooCold })
    .optional(),
  guidance: z.number().nonnegative().max(1e6).optional(),
  onWarning: z.custom<SamplingOptions['onWarning']>((value) => typeof value === 'function').optional(),
};
const bytes = z.instanceof(Uint8Array);

export const runSchema = z.strictObject(runShape);
export const generateSchema = z.strictObject({
  ...samplingShape,
  count: z.int().positive(),
  start: bytes.optional(),
});
export const completeSchema = z.strictObject({ ...samplingShape, images: bytes, known: bytes });

/** @throws GenerationError `usage` that lists every option that is missing, unknown or out of range */
export function parseOptions<T extends z.ZodType>(what: string, schema: T, options: unknown): z.output<T> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new GenerationError('usage', `${what}: ${optionErrors(parsed.error, options, schema)}`);
}

/** The signal given, or that of the notebook's cell that runs. */
export function signalOf(given: AbortSignal | undefined): AbortSignal | undefined {
  return given ?? cellSignal();
}
