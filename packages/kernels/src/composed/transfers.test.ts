import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { setKernels } from '../dispatch/choice.js';
import { softmaxCrossEntropy } from '../ops/crossEntropy.js';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import { loadBackends } from '../testing/backends.js';

const native = (await loadBackends()).includes('tensorflow');

afterEach(() => {
  vi.restoreAllMocks();
  setKernels('auto');
});

// A GPU waits for what is read, and is sent what is written.
describe.runIf(native)('composed kernels on native TensorFlow', () => {
  test('read nothing back, and write nothing of the size of maps or logits', async () => {
    await tf.setBackend('tensorflow');
    setKernels('composed');
    const [batch, side, channels, levels] = [2, 6, 8, 16];
    const positions = batch * side * side;
    const x = tf.randomNormal<tf.Rank.R4>([batch, side, side, channels], 0, 1, 'float32', 1);
    const kernel = tf.randomNormal<tf.Rank.R4>([3, 3, channels, levels], 0, 1, 'float32', 2);
    const mask = tf.ones<tf.Rank.R4>(kernel.shape);
    const labels = tf.cast(tf.randomUniform([batch, side, side], 0, levels, 'float32', 3), 'int32');
    const taps = [
      { row: 0, column: 1 },
      { row: 1, column: 0 },
    ];
    const loss = (x: tf.Tensor, kernel: tf.Tensor) => {
      const inputs = { x: x as tf.Tensor4D, kernel: kernel as tf.Tensor4D, mask };
      const logits = maskedConv2d(inputs, { taps, inputActivation: 'relu', activation: 'relu' });
      return tf.sum(softmaxCrossEntropy(logits, labels)) as tf.Scalar;
    };
    const backend = tf.backend() as tf.KernelBackend & {
      write: (values: unknown, shape: number[]) => object;
    };
    const write = vi.spyOn(backend, 'write');
    const execute = vi.spyOn(
      backend as unknown as { executeSingleOutput(name: string): object },
      'executeSingleOutput',
    );
    const reads = [vi.spyOn(backend, 'read'), vi.spyOn(backend, 'readSync')];

    const gradients = tf.grads(loss)([x, kernel]);

    for (const read of reads) expect(read).not.toHaveBeenCalled();
    const written = write.mock.calls.map(([, shape]) => tf.util.sizeFromShape(shape));
    expect(written.length).toBeGreaterThan(0);
    expect(Math.max(...written)).toBeLessThan(positions * channels);
    const operations = execute.mock.calls.map(([name]) => name);
    expect(operations).toContain('BatchMatMulV2');
    expect(operations).not.toContain('ScatterNd');
    expect(gradients.map(({ shape }) => shape)).toEqual([x.shape, kernel.shape]);
  });
});
