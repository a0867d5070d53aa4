import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type LSTMShape,
  type LSTMWeights,
  type Pixels,
  referenceDiagonalBiLSTM,
  referenceRowLSTM,
  type Trap,
} from '../testing/trappedLSTM.js';
import { diagonalBiLSTM } from './diagonalBiLSTM.js';
import { rowLSTM } from './rowLSTM.js';

beforeAll(() => loadEngine({ quiet: true }));

const shape: LSTMShape = { height: 4, width: 5, cin: 4, h: 4, colors: 3, kernelSize: 3 };
const value = (seed: number) => (index: number) => 0.6 * Math.sin(12.9898 * (index + 1) + 78.233 * seed);
const image: Pixels = (row, column, channel) => value(1)((row * shape.width + column) * shape.cin + channel);

const { cin, h } = shape;
const weightsOf = (gates: number): LSTMWeights => ({
  input: (k, from, to) => value(2)((k * cin + from) * gates + to),
  bias: value(3),
  state: (part, from, to) => value(4)((part * h + from) * 4 * h + to),
  hidden: (direction, map) => value(5)(direction * h + map),
  cell: (direction, map) => value(6)(direction * h + map),
});

const kinds = {
  row: {
    layer: () => rowLSTM({ filters: h, colors: 3 }),
    reference: (x: Pixels, trap?: Trap) => referenceRowLSTM(x, weightsOf(4 * h), shape, trap),
  },
  diagonal: {
    layer: () => diagonalBiLSTM({ filters: h, colors: 3 }),
    reference: (x: Pixels, trap?: Trap) => referenceDiagonalBiLSTM(x, weightsOf(8 * h), shape, trap),
  },
};

/** The layer's output with the reference's weights, flat. */
function layerOutput(kind: keyof typeof kinds): number[] {
  const lstm = kinds[kind].layer();
  const size = shape.height * shape.width * cin;
  const x = tf.tensor4d(
    Float32Array.from({ length: size }, (_, i) => value(1)(i)),
    [1, shape.height, shape.width, cin],
  );
  lstm.apply(x);
  const fill = (weight: tf.Tensor, i: number) =>
    tf.tensor(
      Float32Array.from({ length: weight.size }, (_, n) => value(i + 2)(n)),
      weight.shape,
    );
  lstm.setWeights(lstm.getWeights().map(fill));
  return [...(lstm.apply(x) as tf.Tensor).dataSync()];
}

const largestDifference = (a: number[], b: number[]) =>
  Math.max(...a.map((v, i) => Math.abs(v - (b[i] as number))));

/** The pixels whose change alters the output at a pixel, 'row,column'. */
function dependencies(reference: (x: Pixels) => number[][][], row: number, column: number): Set<string> {
  const plain = reference(image)[row]?.[column] as number[];
  const found = new Set<string>();
  for (let r = 0; r < shape.height; r++) {
    for (let c = 0; c < shape.width; c++) {
      const changed = reference((y, x, channel) => image(y, x, channel) + (y === r && x === c ? 1 : 0));
      if (largestDifference(plain, changed[row]?.[column] as number[]) > 1e-12) found.add(`${r},${c}`);
    }
  }
  return found;
}

const [row, column] = [2, 1];
const isLater = (pixel: string) => {
  const [r, c] = pixel.split(',').map(Number) as [number, number];
  return r > row || (r === row && c > column);
};
const earlier = Array.from(
  { length: row * shape.width + column + 1 },
  (_, i) => `${Math.floor(i / shape.width)},${i % shape.width}`,
);

/** The traps of PixelRNN implementations, and what each does: shows a later pixel, hides an earlier one, or neither. */
const traps: [number, keyof typeof kinds, Trap, 'leaks' | 'misses context' | 'is another function'][] = [
  [1, 'diagonal', 'left map not moved down', 'leaks'],
  [1, 'diagonal', 'left map blanked at the bottom instead', 'leaks'],
  [2, 'diagonal', 'state convolution of 2 x 1 with same padding reads the row below', 'leaks'],
  [3, 'diagonal', 'skewed map flipped instead of the image', 'misses context'],
  [3, 'diagonal', 'left map never flipped back', 'misses context'],
  [4, 'diagonal', 'one cyclic mask over all gates', 'is another function'], // leaks colours, not pixels
  [4, 'row', 'one cyclic mask over all gates', 'is another function'],
  [6, 'row', 'row state convolution masked', 'misses context'],
  [7, 'row', 'logistic instead of tanh on g', 'is another function'],
  [7, 'diagonal', 'logistic instead of tanh on g', 'is another function'],
  [10, 'diagonal', 'initial state transformed in the padding', 'is another function'],
];

describe('traps of public implementations', () => {
  it.each(['row', 'diagonal'] as const)('%s: the layer computes the reference without traps', (kind) => {
    expect(largestDifference(layerOutput(kind), kinds[kind].reference(image).flat(2))).toBeLessThan(1e-6);
  });

  it.each(traps)(
    '%i, %s: %s: the layer does not, and the proofs would tell: it %s',
    (_, kind, trap, effect) => {
      const trapped = (x: Pixels) => kinds[kind].reference(x, trap);
      expect(largestDifference(layerOutput(kind), trapped(image).flat(2))).toBeGreaterThan(1e-3);
      const seen = dependencies(trapped, row, column);
      const sound = dependencies(kinds[kind].reference, row, column);
      expect([...sound].filter(isLater)).toEqual([]);
      expect([...seen].some(isLater)).toBe(effect === 'leaks');
      if (effect === 'misses context')
        expect(earlier.some((pixel) => sound.has(pixel) && !seen.has(pixel))).toBe(true);
      if (effect === 'is another function') expect(seen).toEqual(sound);
    },
  );

  it('4: a cyclic mask over all gates lets a later colour into an earlier one', () => {
    // One pixel, colours R, G, B: the map of R must not move when G does.
    const changed: Pixels = (r, c, channel) =>
      image(r, c, channel) + (r === 0 && c === 0 && channel % 3 === 1 ? 1 : 0);
    const red = (trap?: Trap) =>
      Math.abs(
        (kinds.row.reference(changed, trap)[0]?.[0]?.[0] as number) -
          (kinds.row.reference(image, trap)[0]?.[0]?.[0] as number),
      );
    expect(red()).toBe(0);
    expect(red('one cyclic mask over all gates')).toBeGreaterThan(1e-4);
  });
});
