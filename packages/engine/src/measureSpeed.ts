import * as tf from '@tensorflow/tfjs';
import type { EngineName } from './engineName.js';

/** Speed of the two operations that decide over training time, in 1e9 floating-point operations a second. */
export interface EngineSpeed {
  /** 3x3 convolution, 16 images of 28x28, 32 to 32 channels, forward. */
  readonly conv2dGflops: number;
  /** Product of two square matrices of {@link matmulSize}. */
  readonly matmulGflops: number;
}

const milliseconds = 250; // for each of the two

/** Size of the square matrices that an engine multiplies when it is measured: large enough to show its best. */
export function matmulSize(engine: EngineName): number {
  if (engine === 'gpu') return 4096;
  if (engine === 'node') return 1024;
  return engine === 'wasm' ? 512 : 128;
}

/** Measures the running engine for about half a second. */
export async function measureSpeed(engine: EngineName): Promise<EngineSpeed> {
  const size = matmulSize(engine);
  const [images, side, channels] = engine === 'cpu' ? [1, 28, 8] : [16, 28, 32];
  const a = tf.ones<tf.Rank.R2>([size, size]);
  const x = tf.ones<tf.Rank.R4>([images, side, side, channels]);
  const w = tf.ones<tf.Rank.R4>([3, 3, channels, channels]);
  try {
    return {
      conv2dGflops: await gflops(2 * images * side * side * 9 * channels * channels, () =>
        tf.conv2d(x, w, 1, 'same'),
      ),
      matmulGflops: await gflops(2 * size ** 3, () => tf.matMul(a, a)),
    };
  } finally {
    tf.dispose([a, x, w]);
  }
}

async function gflops(operations: number, compute: () => tf.Tensor): Promise<number> {
  await finish(compute()); // the first call prepares what later ones reuse
  let runs = 0;
  let elapsed = 0; // ms
  const start = performance.now();
  for (let batch = 1; elapsed < milliseconds; batch *= 2) {
    for (let i = 1; i < batch; i++) compute().dispose();
    await finish(compute()); // a GPU works behind the caller's back until something is read
    runs += batch;
    elapsed = performance.now() - start;
  }
  return (operations * runs) / (elapsed * 1e6);
}

async function finish(result: tf.Tensor): Promise<void> {
  const first = result.flatten().slice(0, 1);
  await first.data();
  tf.dispose([first, result]);
}
