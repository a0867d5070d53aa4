import { type EngineName, matmulSize } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';

const matmulRuns = 4;

/** Speed of the engine's product of two square matrices, 1e9 operations a second. */
export async function matmulGflops(name: EngineName): Promise<number> {
  const size = name === 'node' ? 2048 : matmulSize(name);
  const a = tf.ones<tf.Rank.R2>([size, size]);
  const start = performance.now();
  let product = tf.matMul(a, a);
  for (let i = 1; i < matmulRuns; i++) {
    product.dispose();
    product = tf.matMul(a, a);
  }
  const last = product.slice([0, 0], [1, 1]);
  await last.data(); // a GPU works behind the caller's back until something is read
  const seconds = (performance.now() - start) / 1000;
  tf.dispose([a, product, last]);
  return (matmulRuns * 2 * size ** 3) / seconds / 1e9;
}
