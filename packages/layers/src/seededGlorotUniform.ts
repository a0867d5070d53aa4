import { Random } from '@pixelrnn/random';

export interface SeededGlorotUniformOptions {
  /** Live weights that reach one output, on average. */
  fanIn: number;
  /** Live weights that one input reaches, on average. */
  fanOut: number;
  seed: number;
  /** Separates the streams of layers that share a seed; usually the layer's name. */
  purpose: string;
}

/**
 * Glorot and Bengio's uniform initialisation, U(-limit, limit) with limit = sqrt(6 / (fanIn + fanOut)), where fans count
 * live weights only; drawn from the workspace's generator, so that a seed gives the same weights on every engine.
 */
export function seededGlorotUniform(count: number, options: SeededGlorotUniformOptions): Float32Array {
  const { fanIn, fanOut, seed, purpose } = options;
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const random = new Random(seed).split('init').split(purpose);
  return Float32Array.from({ length: count }, () => (2 * random.uniform() - 1) * limit);
}
