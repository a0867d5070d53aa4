import { z } from 'zod';
import type { Architecture } from './works.js';

/** What a participant prints, one JSON object a line, once it is warm. */
export const readySchema = z.object({
  ready: z.object({
    /** Version of the framework. */
    version: z.string(),
    parameters: z.int().positive(),
    /** Loss of the first step, at the initial weights, nats per image. */
    loss: z.number(),
  }),
});

/** Our participant says more about itself. */
export const oursReadySchema = z.object({
  ready: readySchema.shape.ready.extend({
    engine: z.string(),
    kernels: z.string(),
    threads: z.int().positive(),
    simd: z.int().positive(),
    /** Floating-point operations of one step, see flops.ts. */
    flopsPerStep: z.number().positive(),
  }),
});

/** The answer to `{"steps": n}`. */
export const stepsSchema = z.object({
  /** Wall time of the n steps. */
  seconds: z.number().positive(),
  /** Loss of the last step, nats per image. */
  loss: z.number(),
  /** Processor time that the participant used while it waited for this request. */
  idleCpuSeconds: z.number().nonnegative(),
});

/** The answer of our participant to `{"matmul": true}`. */
export const matmulSchema = z.object({ gflops: z.number().positive() });

/** The one argument of a participant's program, as JSON. */
export interface ParticipantArgument {
  work: Architecture & {
    batch: number;
    learningRate: number;
    decay: number;
    epsilon: number;
    seed: number;
  };
  /** File of the batch's intensities, uint8 [batch, height, width, colors]. */
  images: string;
  threads: number;
  mode: 'ours' | 'eager' | 'compile' | 'jit' | 'sample';
  /** JSON file of the model's trainable weights in their order, each flat: tests give every participant the same. */
  weights?: string;
}

/** What rank 0 of ours/mpiRank.ts is asked: training steps, or sums of the gradients alone. */
export type MpiRankRequest = { steps: number } | { reductions: number };

/** Its first line. */
export const mpiReadySchema = z.object({
  ready: oursReadySchema.shape.ready.omit({ loss: true }).extend({ ranks: z.int().positive() }),
});

/** Its answer to a request. */
export const mpiAnswerSchema = z.object({ seconds: z.number().positive() });

export type MpiRankAnswer = z.infer<typeof mpiReadySchema> | z.infer<typeof mpiAnswerSchema>;
