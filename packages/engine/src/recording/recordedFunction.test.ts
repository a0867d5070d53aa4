import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { loadEngine } from '../loadEngine.js';
import { RecordedFunction } from './recordedFunction.js';
import { tensorflowBackend } from './tensorflowBackend.js';

beforeAll(() => loadEngine({ quiet: true }));

type Compute = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

/** The function, how often it was itself called, and calls that give numbers. */
function recorded(compute: Compute) {
  const spy = vi.fn(compute);
  const recordedFunction = new RecordedFunction(spy);
  const values = (inputs: readonly tf.Tensor[], version?: string): number[][] =>
    tf.tidy(() => recordedFunction.run(inputs, version).map((tensor) => [...tensor.dataSync()]));
  /** How many of `calls` calls reached the function. */
  const reached = (calls: number, inputs: readonly tf.Tensor[], version?: string): number => {
    const before = spy.mock.calls.length;
    for (let i = 0; i < calls; i++) values(inputs, version);
    return spy.mock.calls.length - before;
  };
  return { values, reached };
}

const vector = (...values: number[]) => tf.tensor1d(values);

describe('what a function gives', () => {
  test('is the same bits on every call, for the inputs of that call', () => {
    const matrix = tf.tensor2d([0.1, 0.7, -0.3, 1.9], [2, 2]);
    const compute: Compute = ([x, w]) => {
      const y = tf.tanh(tf.matMul(tf.mul(x as tf.Tensor2D, 3), w as tf.Tensor2D));
      return [tf.sum(y, 1), tf.exp(tf.matMul(y as tf.Tensor2D, matrix))];
    };
    const { values } = recorded(compute);
    for (let i = 0; i < 10; i++) {
      const inputs = [
        tf.randomNormal([3, 2], 0, 1, 'float32', i),
        tf.randomNormal([2, 2], 0, 1, 'float32', -i),
      ];
      const expected = tf.tidy(() => compute(inputs).map((tensor) => [...tensor.dataSync()]));
      expect(values(inputs)).toEqual(expected);
    }
  });

  test('are gradients too, of variables that change between the calls', () => {
    const weight = tf.variable(vector(1, 2));
    const { values } = recorded(([x]) => {
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.mul(tf.square(weight), x as tf.Tensor)),
        [weight],
      );
      return [value, grads[weight.name] as tf.Tensor];
    });
    for (let i = 1; i <= 6; i++) {
      tf.tidy(() => weight.assign(vector(i, 2)));
      expect(values([vector(3, 5), weight])).toEqual([[3 * i * i + 20], [6 * i, 20]]);
    }
    weight.dispose();
  });

  test('has gradients', () => {
    const { values } = recorded(([x]) => [tf.square(x as tf.Tensor)]);
    const cube = (x: tf.Tensor) =>
      tf.mul(x, new RecordedFunction(([x]) => [tf.square(x as tf.Tensor)]).run([x])[0] as tf.Tensor);
    for (let i = 0; i < 5; i++) values([vector(2)]);
    for (let i = 0; i < 5; i++) expect(tf.grad(cube)(vector(2)).dataSync()[0]).toBeCloseTo(12, 5);
  });

  test('is right where inputs share their data at first', () => {
    const { values } = recorded(([a, b]) => [tf.sub(a as tf.Tensor, b as tf.Tensor)]);
    const x = vector(3);
    for (let i = 0; i < 4; i++) expect(values([x, x])).toEqual([[0]]);
    for (let i = 0; i < 4; i++) expect(values([x, vector(1)])).toEqual([[2]]);
    for (let i = 0; i < 4; i++) expect(values([x, x])).toEqual([[0]]);
  });

  test('is right where shapes depend on values', () => {
    const { values } = recorded(([x]) => [tf.neg(tf.unique(x as tf.Tensor1D).values)]);
    for (let i = 0; i < 4; i++) expect(values([vector(1, 1, 2)])).toEqual([[-1, -2]]);
    for (let i = 0; i < 4; i++) expect(values([vector(1, 2, 3)])).toEqual([[-1, -2, -3]]);
  });

  /** Counts TensorFlow's tensors where it runs, for those of a repeated call are no tensors to TensorFlow.js. */
  const tensors = () => tensorflowBackend()?.getNumOfTFTensors() ?? tf.memory().numTensors;

  test('leaves no tensors behind but those it returns', () => {
    const { values } = recorded(([x]) => [tf.add(tf.mul(x as tf.Tensor, 2), vector(1, 1))]);
    const x = vector(1, 2);
    for (let i = 0; i < 3; i++) values([x]);
    const before = { native: tensors(), ...tf.memory() };
    for (let i = 0; i < 200; i++) expect(values([x])).toEqual([[3, 5]]);
    expect(tensors()).toBe(before.native);
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
    const [kept] = new RecordedFunction(([y]) => [tf.neg(y as tf.Tensor)]).run([x]);
    expect(tf.memory().numTensors).toBe(before.numTensors + 1);
    kept?.dispose();
  });

  test('is an error where an operation fails, and works again afterwards', () => {
    const { values } = recorded(([x]) => [tf.exp(tf.mul(tf.neg(x as tf.Tensor), 2))]);
    const x = vector(0);
    for (let i = 0; i < 4; i++) values([x]);
    const backend = tensorflowBackend();
    const before = tensors();
    if (backend) {
      const { binding } = backend;
      const names = Object.getOwnPropertyNames(binding) as (keyof typeof binding)[];
      const failing = Object.fromEntries(names.map((name) => [name, binding[name]]));
      failing.executeOp = ((name, ...call) => {
        if (name === 'Exp') throw new Error('no memory for Exp');
        return binding.executeOp(name, ...call);
      }) as typeof binding.executeOp;
      Object.assign(backend, { binding: failing });
      try {
        expect(() => values([x])).toThrow('no memory for Exp');
      } finally {
        Object.assign(backend, { binding });
      }
    }
    expect(tensors()).toBe(before);
    expect(values([x])).toEqual([[1]]);
  });
});

describe('the function is called', () => {
  /** Without native TensorFlow every call is one of the function. */
  const calls = (native: number, all: number) => (tensorflowBackend() ? native : all);

  test('twice, and then once in 64 calls', () => {
    const { reached } = recorded(([x]) => [tf.mul(x as tf.Tensor, 2)]);
    expect(reached(2, [vector(1)])).toBe(2);
    expect(reached(63, [vector(1)])).toBe(calls(0, 63));
    expect(reached(1, [vector(1)])).toBe(1);
    expect(reached(63, [vector(1)])).toBe(calls(0, 63));
  });

  test('anew for other shapes, types and versions', () => {
    const { reached } = recorded(([x]) => [tf.mul(x as tf.Tensor, x as tf.Tensor)]);
    expect(reached(10, [vector(1)])).toBe(calls(2, 10));
    expect(reached(10, [vector(1, 2)])).toBe(calls(2, 10));
    expect(reached(10, [tf.tensor2d([[1, 2]])])).toBe(calls(2, 10));
    expect(reached(10, [tf.tensor2d([[1, 2]], [1, 2], 'int32')])).toBe(calls(2, 10));
    expect(reached(10, [tf.tensor2d([[1, 2]], [1, 2], 'int32')], 'other')).toBe(calls(2, 10));
  });

  test('always where it reads a tensor', () => {
    const { reached } = recorded(([x]) => [tf.mul(x as tf.Tensor, (x as tf.Tensor).dataSync()[0] as number)]);
    expect(reached(10, [vector(3)])).toBe(10);
  });

  test('always where it draws random numbers', () => {
    const { reached } = recorded(([x]) => [tf.add(x as tf.Tensor, tf.randomNormal([1]))]);
    expect(reached(10, [vector(3)])).toBe(10);
  });

  test('always where it assigns to a variable among its inputs', () => {
    const mean = tf.variable(vector(0));
    const { reached } = recorded(([x]) => {
      mean.assign(tf.add(tf.mul(mean, 0.5), tf.mul(x as tf.Tensor, 0.5)));
      return [tf.sub(x as tf.Tensor, mean)];
    });
    expect(reached(10, [vector(8), mean])).toBe(10);
    expect(mean.dataSync()[0]).toBeCloseTo(8 * (1 - 0.5 ** 10), 5);
    mean.dispose();
  });

  test('always where it keeps a tensor or makes a variable', () => {
    const kept: tf.Tensor[] = [];
    const keeping = recorded(([x]) => {
      kept.push(tf.keep(tf.neg(x as tf.Tensor)));
      return [tf.mul(x as tf.Tensor, 2)];
    });
    expect(keeping.reached(10, [vector(3)])).toBe(10);
    const making = recorded(([x]) => {
      kept.push(tf.variable(vector(1)));
      return [tf.mul(x as tf.Tensor, 2)];
    });
    expect(making.reached(10, [vector(3)])).toBe(10);
    tf.dispose(kept);
  });

  test('always where it assigns to a variable that it does not read', () => {
    const seen = tf.variable(vector(0));
    const { values, reached } = recorded(([x]) => {
      seen.assign(tf.mul(x as tf.Tensor, 2));
      return [tf.neg(x as tf.Tensor)];
    });
    expect(reached(5, [vector(3)])).toBe(5);
    values([vector(4)]);
    expect(seen.dataSync()[0]).toBe(8);
    seen.dispose();
  });

  test('twice for each kind of inputs that come in turn, and always where there are too many kinds', () => {
    const { reached } = recorded(([x]) => [tf.mul(x as tf.Tensor, 2)]);
    let all = 0;
    for (let i = 0; i < 10; i++) all += reached(1, [tf.ones([4])]) + reached(1, [tf.ones([3])]);
    expect(all).toBe(calls(4, 20));
    for (let side = 5; side < 11; side++) expect(reached(5, [tf.ones([side])])).toBe(calls(2, 5));
    expect(reached(5, [tf.ones([11])])).toBe(5);
  });

  test('always where a result is an input, or the same as another one', () => {
    expect(recorded(([x]) => [tf.clone(x as tf.Tensor)]).reached(10, [vector(3)])).toBe(10);
    const twice = recorded(([x]) => {
      const y = tf.neg(x as tf.Tensor);
      return [y, tf.clone(y)];
    });
    expect(twice.reached(10, [vector(3)])).toBe(10);
  });

  test('always inside tf.profile', async () => {
    const { values } = recorded(([x]) => [tf.tanh(x as tf.Tensor)]);
    for (let i = 0; i < 5; i++) values([vector(1)]);
    const { kernels } = await tf.profile(() => values([vector(1)]));
    expect(kernels.map(({ name }) => name)).toContain('Tanh');
  });

  test('when a tensor that it used is gone', () => {
    let factor = vector(2);
    const { values, reached } = recorded(([x]) => [tf.mul(x as tf.Tensor, factor)]);
    expect(reached(5, [vector(1)])).toBe(calls(2, 5));
    factor.dispose();
    factor = vector(3);
    expect(values([vector(1)])).toEqual([[3]]);
    expect(reached(5, [vector(1)])).toBe(calls(1, 5));
  });

  test('soon after it began to do something else, and always where it keeps changing', () => {
    let factor = 2;
    const { values, reached } = recorded(([x]) => [tf.mul(x as tf.Tensor, factor)]);
    reached(10, [vector(1)]);
    for (let change = 0; change < 10; change++) {
      factor++;
      reached(64, [vector(1)]);
      expect(values([vector(1)])).toEqual([[factor]]);
    }
    expect(reached(10, [vector(1)])).toBe(10);
  });

  test('as a part of another one that is recorded', () => {
    const inner = new RecordedFunction(([x]) => [tf.square(x as tf.Tensor)]);
    const { values, reached } = recorded(([x]) => [tf.neg(inner.run([x as tf.Tensor])[0] as tf.Tensor)]);
    for (let i = 0; i < 5; i++) expect(values([vector(i)])[0]?.[0]).toBeCloseTo(-i * i);
    expect(reached(10, [vector(3)])).toBe(calls(0, 10));
  });
});
