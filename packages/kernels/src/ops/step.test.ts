import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { setKernels } from '../dispatch/choice.js';
import { loadFusedBackends } from '../testing/fusedBackends.js';
import { softmaxCrossEntropy } from './crossEntropy.js';
import { maskedConv2d } from './maskedConv2d.js';
import { rmsPropUpdate } from './optimizers.js';

let backends: string[];
beforeAll(async () => {
  backends = await loadFusedBackends();
});

/** Two layers, a loss, its gradients and one update: what training does in a step. */
function makeStep() {
  const random = new Random(1);
  const normal = (shape: number[]) =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()),
      shape,
    );
  const x = normal([2, 4, 4, 3]) as tf.Tensor4D;
  const labels = tf.tensor(
    Int32Array.from({ length: 32 }, () => random.integer(5)),
    [2, 4, 4],
    'int32',
  );
  const mask = tf.ones([1, 1, 3, 3]) as tf.Tensor4D;
  const headMask = tf.ones([1, 1, 3, 5]) as tf.Tensor4D;
  const shapes = [[1, 1, 3, 3], [3], [1, 1, 3, 5], [5]];
  const variables = shapes.map((shape) => tf.tidy(() => tf.variable(normal(shape))));
  const [kernel, bias, headKernel, headBias] = variables as unknown as [
    tf.Tensor4D,
    tf.Tensor1D,
    tf.Tensor4D,
    tf.Tensor1D,
  ];
  let squares = variables.map((variable) => tf.keep(tf.zerosLike(variable)) as tf.Tensor);
  const taps = [{ row: 0, column: 0 }];
  const loss = () => {
    const hidden = maskedConv2d({ x, kernel, mask, bias }, { taps, activation: 'relu' });
    const head = { x: hidden, kernel: headKernel, mask: headMask, bias: headBias };
    return tf.sum(softmaxCrossEntropy(maskedConv2d(head, { taps }), labels)) as tf.Scalar;
  };
  const step = (): void =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss, variables);
      const gradients = variables.map((variable) => grads[variable.name] as tf.Tensor);
      const hyperparameters = { rate: 0.01, decay: 0.99, epsilon: 1e-8 };
      const updated = rmsPropUpdate({ parameters: variables, gradients, squares }, hyperparameters);
      updated.parameters.forEach((parameter, i) => {
        variables[i]?.assign(parameter);
      });
      tf.dispose(squares);
      squares = updated.squares.map((square) => tf.keep(square));
    });
  return { step, loss, dispose: () => tf.dispose([x, labels, mask, headMask, ...variables, ...squares]) };
}

test('a step on fused kernels: seven operations of ours, no gradient of the input, no tensor left', async () => {
  expect(backends).toContain('wasm');
  for (const backend of backends) {
    await tf.setBackend(backend);
    setKernels('fused');
    const empty = tf.memory().numTensors;
    const { step, loss, dispose } = makeStep();
    const before = tf.memory();
    const first = tf.tidy(() => loss().dataSync()[0]!);
    const { kernels } = await tf.profile(step);
    const ours = kernels.filter(({ name }) => name.startsWith('Pixelrnn'));
    expect(ours.map(({ name, outputShapes }) => [name.slice('Pixelrnn'.length), outputShapes])).toEqual([
      ['MaskedConv2dRelu', [[2, 4, 4, 3]]],
      ['MaskedConv2d', [[2, 4, 4, 5]]],
      ['SoftmaxCrossEntropy', [[2], [2, 4, 4]]],
      ['SoftmaxCrossEntropyBackward', [[2, 4, 4, 5]]],
      ['MaskedConv2dBackward', [[2, 4, 4, 3], [1, 1, 3, 5], [5]]],
      ['MaskedConv2dBackward', [[1, 1, 3, 3], [3]]],
      ['RmsProp', [[1, 1, 3, 3], [3], [1, 1, 3, 5], [5], [1, 1, 3, 3], [3], [1, 1, 3, 5], [5]]],
    ]);
    // The others sum the loss and hand its gradient back; saving a tensor for later copies nothing.
    const others = new Set(
      kernels.filter(({ name }) => !name.startsWith('Pixelrnn')).map(({ name }) => name),
    );
    expect([...others].sort()).toEqual(['Identity', 'Multiply', 'Reshape', 'Sum']);
    for (let i = 0; i < 5; i++) step();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
    expect(tf.tidy(() => loss().dataSync()[0]!)).toBeLessThan(first);
    dispose();
    expect(tf.memory().numTensors).toBe(empty);
    await tf.setBackend('cpu');
    setKernels('auto');
  }
});
