import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackends, on } from '../testing/backends.js';
import { bernoulliCrossEntropy, softmaxCrossEntropy } from './crossEntropy.js';

let backends: string[];
beforeAll(async () => {
  backends = ['cpu', ...(await loadBackends())];
});

/** In double precision; `logits` are rows of equal length. */
function softmaxNats(logits: number[][], labels: number[]): number {
  return logits.reduce((sum, row, i) => {
    const maximum = Math.max(...row);
    const total = row.reduce((all, logit) => all + Math.exp(logit - maximum), 0);
    return sum + Math.log(total) + maximum - row[labels[i]!]!;
  }, 0);
}

function bernoulliNats(logits: number[], labels: number[]): number {
  return logits.reduce((sum, logit, i) => sum + Math.log1p(Math.exp(labels[i] ? -logit : logit)), 0);
}

function close(actual: ArrayLike<number>, expected: number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value), `${actual[i]} and ${value}`).toBeLessThanOrEqual(tolerance);
  });
}

/** Central differences of a double-precision function. */
function slope(compute: (shift: number) => number): number {
  return (compute(1e-5) - compute(-1e-5)) / 2e-5;
}

describe('softmaxCrossEntropy', () => {
  test('numbers to check by hand: log of the odds, and log 4 for four equal levels', () => {
    const logits = [0, Math.log(3), 0, 0, 7, 7, 7, 7];
    for (const backend of backends) {
      const [nats] = on(backend, 'composed', () =>
        softmaxCrossEntropy(tf.tensor(logits, [2, 1, 4]), tf.tensor([[1], [2]], [2, 1], 'int32')),
      );
      expect(nats!.shape).toEqual([2]);
      close(nats!.values, [Math.log(2), Math.log(4)], 1e-6);
    }
  });

  test('a double-precision reference and its slope, 256 levels', () => {
    const random = new Random(3);
    const rows = Array.from({ length: 6 }, () =>
      Array.from({ length: 256 }, () => Math.fround(5 * random.normal())),
    );
    const labels = rows.map(() => random.integer(256));
    const weights = [2, -3];
    const image = (rows: number[][], b: number) =>
      softmaxNats(rows.slice(3 * b, 3 * b + 3), labels.slice(3 * b, 3 * b + 3));
    for (const backend of backends) {
      const [nats, gradient] = on(backend, 'composed', () => {
        const x = tf.tensor(rows.flat(), [2, 1, 3, 256]);
        const y = tf.tensor(labels, [2, 1, 3], 'int32');
        return [
          softmaxCrossEntropy(x, y),
          tf.grad((x) => softmaxCrossEntropy(x, y))(x, tf.tensor1d(weights)),
        ];
      });
      close(nats!.values, [image(rows, 0), image(rows, 1)], 5e-5);
      for (const [row, level] of [
        [0, 0],
        [2, labels[2]!],
        [3, 255],
        [5, labels[5]!],
        [4, 100],
      ] as const) {
        const b = Math.floor(row / 3);
        const moved = (shift: number) =>
          image(
            rows.map((values, r) => values.map((v, l) => (r === row && l === level ? v + shift : v))),
            b,
          );
        close([gradient!.values[row * 256 + level]!], [weights[b]! * slope(moved)], 1e-5);
      }
    }
  });

  test('extreme logits neither overflow nor lose the label', () => {
    for (const backend of backends) {
      const [nats, gradient] = on(backend, 'composed', () => {
        const x = tf.tensor2d([1e4, -1e4, 0, -1e4, -1e4, -1e4], [2, 3]);
        const y = tf.tensor1d([1, 2], 'int32');
        return [softmaxCrossEntropy(x, y), tf.grad((x) => softmaxCrossEntropy(x, y))(x)];
      });
      close(nats!.values, [2e4, Math.log(3)], 1e-6);
      close(gradient!.values, [1, -1, 0, 1 / 3, 1 / 3, -2 / 3], 1e-3);
    }
  });

  test('a label out of range is NaN for its image alone, not a neighbour in memory', () => {
    for (const backend of backends) {
      const [nats] = on(backend, 'composed', () =>
        softmaxCrossEntropy(tf.zeros([4, 2]), tf.tensor1d([0, 2, -1, 1], 'int32')),
      );
      expect(Array.from(nats!.values, Number.isNaN)).toEqual([false, true, true, false]);
    }
  });

  test('refuses what does not fit', () => {
    const logits = tf.zeros([2, 3, 4]);
    const refusals: [tf.Tensor, tf.Tensor, string][] = [
      [
        logits,
        tf.zeros([2, 4], 'int32'),
        "labels must have the logits' shape without the last axis, got labels [2,4] and logits [2,3,4]",
      ],
      [
        tf.zeros([4]),
        tf.scalar(0, 'int32'),
        "labels must have the logits' shape without the last axis, got labels [] and logits [4]",
      ],
      [logits, tf.zeros([2, 3]), 'labels must be int32, got float32 [2,3]'],
      [tf.zeros([2, 3, 4], 'int32'), tf.zeros([2, 3], 'int32'), 'logits must be float32, got int32 [2,3,4]'],
      [tf.zeros([2, 0, 4]), tf.zeros([2, 0], 'int32'), 'logits are empty, got [2,0,4]'],
    ];
    for (const [logits, labels, message] of refusals) {
      expect(() => softmaxCrossEntropy(logits, labels)).toThrow(`softmaxCrossEntropy: ${message}`);
    }
  });
});

describe('bernoulliCrossEntropy', () => {
  test('numbers to check by hand: log 2 for every even chance, log 4 for a label of probability 1/4', () => {
    for (const backend of backends) {
      const [nats] = on(backend, 'composed', () =>
        bernoulliCrossEntropy(
          tf.tensor2d([0, 0, 0, Math.log(3), 0, Math.log(3)], [2, 3]),
          tf.tensor2d([0, 1, 1, 0, 0, 1], [2, 3], 'int32'),
        ),
      );
      close(nats!.values, [3 * Math.log(2), Math.log(4) + Math.log(2) + Math.log(4 / 3)], 1e-6);
    }
  });

  test('a double-precision reference and its slope', () => {
    const random = new Random(4);
    const logits = Array.from({ length: 40 }, () => Math.fround(4 * random.normal()));
    const labels = logits.map(() => random.integer(2));
    const weights = [0.5, -2];
    const image = (logits: number[], b: number) =>
      bernoulliNats(logits.slice(20 * b, 20 * b + 20), labels.slice(20 * b, 20 * b + 20));
    for (const backend of backends) {
      const [nats, gradient] = on(backend, 'composed', () => {
        const x = tf.tensor(logits, [2, 5, 4, 1]);
        const y = tf.tensor(labels, [2, 5, 4, 1], 'int32');
        return [
          bernoulliCrossEntropy(x, y),
          tf.grad((x) => bernoulliCrossEntropy(x, y))(x, tf.tensor1d(weights)),
        ];
      });
      close(nats!.values, [image(logits, 0), image(logits, 1)], 2e-5);
      for (let i = 0; i < 40; i++) {
        const b = Math.floor(i / 20);
        const moved = (shift: number) =>
          image(
            logits.map((v, j) => (j === i ? v + shift : v)),
            b,
          );
        close([gradient!.values[i]!], [weights[b]! * slope(moved)], 1e-6);
      }
    }
  });

  test('extreme logits neither overflow nor vanish', () => {
    for (const backend of backends) {
      const [nats, gradient] = on(backend, 'composed', () => {
        const x = tf.tensor1d([1e4, 1e4, -1e4, -1e4]);
        const y = tf.tensor1d([0, 1, 0, 1], 'int32');
        return [bernoulliCrossEntropy(x, y), tf.grad((x) => bernoulliCrossEntropy(x, y))(x)];
      });
      close(nats!.values, [1e4, 0, 0, 1e4], 1e-6);
      close(gradient!.values, [1, 0, 0, -1], 1e-6);
    }
  });

  test('a label other than 0 and 1 is NaN for its image alone', () => {
    for (const backend of backends) {
      const [nats] = on(backend, 'composed', () =>
        bernoulliCrossEntropy(tf.zeros([4]), tf.tensor1d([0, 2, -1, 1], 'int32')),
      );
      expect(Array.from(nats!.values, Number.isNaN)).toEqual([false, true, true, false]);
    }
  });

  test('refuses what does not fit', () => {
    const refusals: [tf.Tensor, tf.Tensor, string][] = [
      [
        tf.zeros([2, 3]),
        tf.zeros([2, 4], 'int32'),
        "labels must have the logits' shape, got labels [2,4] and logits [2,3]",
      ],
      [
        tf.scalar(1),
        tf.scalar(1, 'int32'),
        "labels must have the logits' shape, got labels [] and logits []",
      ],
      [tf.zeros([2, 3]), tf.zeros([2, 3]), 'labels must be int32, got float32 [2,3]'],
      [tf.zeros([2, 3], 'bool'), tf.zeros([2, 3], 'int32'), 'logits must be float32, got bool [2,3]'],
      [tf.zeros([0, 3]), tf.zeros([0, 3], 'int32'), 'logits are empty, got [0,3]'],
    ];
    for (const [logits, labels, message] of refusals) {
      expect(() => bernoulliCrossEntropy(logits, labels)).toThrow(`bernoulliCrossEntropy: ${message}`);
    }
  });
});
