import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackends, on } from '../testing/backends.js';
import { adamUpdate, rmsPropUpdate } from './optimizers.js';

let backends: string[];
beforeAll(async () => {
  backends = ['cpu', ...(await loadBackends())];
});

const lists = () => ({
  parameters: [tf.tensor1d([1, 2]), tf.tensor2d([[3]])],
  gradients: [tf.tensor1d([2, 0]), tf.tensor2d([[-4]])],
  squares: [tf.tensor1d([0, 1]), tf.tensor2d([[9]])],
});

function close(actual: ArrayLike<number>, expected: number[]): void {
  expect(Array.from(actual).map((v) => v.toFixed(5))).toEqual(expected.map((v) => v.toFixed(5)));
}

describe('rmsPropUpdate', () => {
  test('numbers to check by hand, epsilon outside the root', () => {
    for (const backend of backends) {
      const results = on(backend, 'composed', () => {
        const { parameters, squares } = rmsPropUpdate(lists(), { rate: 0.5, decay: 0.75, epsilon: 1 });
        return [...parameters, ...squares];
      });
      // Squares: 0.25 * 4 = 1; 0.75 * 1; 0.75 * 9 + 0.25 * 16 = 10.75.
      close(results[2]!.values, [1, 0.75]);
      close(results[3]!.values, [10.75]);
      close(results[0]!.values, [1 - (0.5 * 2) / (1 + 1), 2]);
      close(results[1]!.values, [3 + (0.5 * 4) / (Math.sqrt(10.75) + 1)]);
      expect(results.map(({ shape }) => shape)).toEqual([[2], [1, 1], [2], [1, 1]]);
    }
  });
});

describe('adamUpdate', () => {
  test('the first step moves by the rate against the sign of the gradient', () => {
    for (const backend of backends) {
      const results = on(backend, 'composed', () => {
        const zeros = [tf.zeros([2]), tf.zeros([1, 1])];
        const { parameters, means, squares } = adamUpdate(
          { ...lists(), means: zeros, squares: zeros },
          { rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1 },
        );
        return [...parameters, ...means, ...squares];
      });
      close(results[0]!.values, [0.9, 2]);
      close(results[1]!.values, [3.1]);
      close(results[2]!.values, [0.2, 0]);
      close(results[3]!.values, [-0.4]);
      close(results[4]!.values, [0.004, 0]);
      close(results[5]!.values, [0.016]);
    }
  });

  test('three steps of the paper in double precision', () => {
    const hyperparameters = { rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const gradients = [0.5, -1, 3];
    let [p, m, v] = [1, 0, 0];
    gradients.forEach((g, i) => {
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      p -= (0.01 * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    });
    for (const backend of backends) {
      const results = on(backend, 'composed', () => {
        let state = {
          parameters: [tf.tensor1d([1])] as tf.Tensor[],
          means: [tf.tensor1d([0])] as tf.Tensor[],
          squares: [tf.tensor1d([0])] as tf.Tensor[],
        };
        gradients.forEach((g, i) => {
          state = adamUpdate(
            { ...state, gradients: [tf.tensor1d([g])] },
            { ...hyperparameters, step: i + 1 },
          );
        });
        return [...state.parameters, ...state.means, ...state.squares];
      });
      close(
        results.map(({ values }) => values[0]!),
        [p, m, v],
      );
    }
  });
});

describe('the optimizers refuse', () => {
  const step = { rate: 0.1, decay: 0.9, epsilon: 1e-8 };

  test('lists of other lengths, shapes and types', () => {
    const good = lists();
    expect(() => rmsPropUpdate({ ...good, gradients: [] }, step)).toThrow(
      'rmsPropUpdate: 2 parameters need as many gradients, got 0',
    );
    expect(() => rmsPropUpdate({ ...good, squares: [tf.zeros([2]), tf.zeros([1])] }, step)).toThrow(
      'rmsPropUpdate: squares[1] must be float32 [1,1] like its parameter, got float32 [1]',
    );
    expect(() =>
      rmsPropUpdate({ ...good, gradients: [tf.zeros([2], 'int32'), tf.zeros([1, 1])] }, step),
    ).toThrow('rmsPropUpdate: gradients[0] must be float32 [2] like its parameter, got int32 [2]');
  });

  test('numbers that are none', () => {
    expect(() => rmsPropUpdate(lists(), { ...step, rate: Number.NaN })).toThrow(
      'rmsPropUpdate: rate must be a number, got NaN',
    );
    const adam = { rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    for (const wrong of [0, 1.5, -1]) {
      expect(() => adamUpdate({ ...lists(), means: lists().squares }, { ...adam, step: wrong })).toThrow(
        `adamUpdate: step must be an integer from 1, got ${wrong}`,
      );
    }
  });

  test('but no parameters are none', () => {
    expect(rmsPropUpdate({ parameters: [], gradients: [], squares: [] }, step)).toEqual({
      parameters: [],
      squares: [],
    });
  });
});
