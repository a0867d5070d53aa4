import { type RunOptions, runSchema } from '../runOptions.js';

/** A codec has no choice of build, it is the WebAssembly one; nor of batches, which are a part of the format. */
export type CodecOptions = Omit<RunOptions, 'build' | 'batchSize'>;

export const codecSchema = runSchema.omit({ build: true, batchSize: true });
