/**
 * Row LSTM and Diagonal BiLSTM pixel by pixel in double precision, straight from the paper's equations, with switches that turn
 * on the mistakes which public implementations made. With none on, they are what the layers must compute.
 */

export type Trap =
  | 'left map not moved down'
  | 'left map blanked at the bottom instead'
  | 'state convolution of 2 x 1 with same padding reads the row below'
  | 'skewed map flipped instead of the image'
  | 'left map never flipped back'
  | 'one cyclic mask over all gates'
  | 'row state convolution masked'
  | 'logistic instead of tanh on g'
  | 'initial state transformed in the padding';

export interface LSTMWeights {
  /** [k or 1, Cin, gates h] */
  input: (column: number, from: number, to: number) => number;
  bias: (to: number) => number;
  /** Row: [column, from, to]; diagonal: [direction, 0 beside or 1 above, from, to] flattened by the caller. */
  state: (part: number, from: number, to: number) => number;
  hidden: (direction: number, map: number) => number;
  cell: (direction: number, map: number) => number;
}

export interface LSTMShape {
  height: number;
  width: number;
  cin: number;
  h: number;
  colors: number;
  kernelSize: number;
}

/** Value of a pixel's channel. */
export type Pixels = (row: number, column: number, channel: number) => number;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

interface State {
  hidden: number[];
  cell: number[];
}

function step(sums: number[], cell: number[], h: number, trap?: Trap): State {
  const squash = trap === 'logistic instead of tanh on g' ? sigmoid : Math.tanh;
  const next = cell.map(
    (c, m) =>
      sigmoid(sums[h + m] as number) * c +
      sigmoid(sums[2 * h + m] as number) * squash(sums[3 * h + m] as number),
  );
  return { hidden: next.map((c, m) => sigmoid(sums[m] as number) * Math.tanh(c)), cell: next };
}

/** Whether mask B lets an input channel of the same pixel into an output of the gates. */
function allowed({ colors, h }: LSTMShape, from: number, to: number, trap?: Trap): boolean {
  const map = trap === 'one cyclic mask over all gates' ? to : to % h;
  return from % colors <= map % colors;
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** [H][W][h] */
export function referenceRowLSTM(
  x: Pixels,
  weights: LSTMWeights,
  shape: LSTMShape,
  trap?: Trap,
): number[][][] {
  const { height, width, cin, h, kernelSize } = shape;
  const reach = (kernelSize - 1) / 2;
  let above: State[] = range(width).map(() => ({
    hidden: range(h).map((m) => weights.hidden(0, m)),
    cell: range(h).map((m) => weights.cell(0, m)),
  }));
  return range(height).map((row) => {
    const states = range(width).map((column) => {
      const sums = range(4 * h).map((to) => {
        let sum = weights.bias(to);
        for (let k = 0; k < kernelSize; k++) {
          const at = column + k - reach;
          if (at < 0 || at >= width) continue;
          for (let from = 0; k <= reach && from < cin; from++) {
            if (k < reach || allowed(shape, from, to, trap))
              sum += x(row, at, from) * weights.input(k, from, to);
          }
          if (trap === 'row state convolution masked' && k > reach) continue;
          for (let m = 0; m < h; m++) sum += (above[at]?.hidden[m] as number) * weights.state(k, m, to);
        }
        return sum;
      });
      return step(sums, above[column]?.cell as number[], h, trap);
    });
    above = states;
    return states.map(({ hidden }) => hidden);
  });
}

/** [H][W][h] */
export function referenceDiagonalBiLSTM(
  x: Pixels,
  weights: LSTMWeights,
  shape: LSTMShape,
  trap?: Trap,
): number[][][] {
  const { height, width, h } = shape;
  const mirrored = (column: number) => width - 1 - column;
  const right = scanDiagonals(x, weights, shape, 0, trap);
  // Flipping the skewed map instead of the image leaves the image itself as it was.
  const flipped: Pixels =
    trap === 'skewed map flipped instead of the image'
      ? x
      : (row, column, channel) => x(row, mirrored(column), channel);
  const left = scanDiagonals(flipped, weights, shape, 1, trap);
  const unflipped =
    trap === 'left map never flipped back' || trap === 'skewed map flipped instead of the image';
  return range(height).map((row) =>
    range(width).map((column) =>
      range(h).map((m) => {
        const from = unflipped ? column : mirrored(column);
        let source: number | undefined = row - 1;
        if (trap === 'left map not moved down') source = row;
        if (trap === 'left map blanked at the bottom instead') source = row + 1 < height ? row : undefined;
        const other = source === undefined ? 0 : (left[source]?.[from]?.[m] ?? 0);
        return (right[row]?.[column]?.[m] as number) + other;
      }),
    ),
  );
}

/** One direction, from the left upper corner; the skewed map is walked column by column, padding included. */
function scanDiagonals(
  x: Pixels,
  weights: LSTMWeights,
  shape: LSTMShape,
  direction: number,
  trap?: Trap,
): number[][][] {
  const { height, width, cin, h } = shape;
  const initial = (): State => ({
    hidden: range(h).map((m) => weights.hidden(direction, m)),
    cell: range(h).map((m) => weights.cell(direction, m)),
  });
  const output = range(height).map(() => range(width).map(() => [] as number[]));
  let before: State[] = range(height).map(initial);
  for (let diagonal = 0; diagonal < width + height - 1; diagonal++) {
    const now = range(height).map((row) => {
      const column = diagonal - row;
      const inside = column >= 0 && column < width;
      const fresh = column <= 0 && trap !== 'initial state transformed in the padding';
      const beside = fresh ? initial() : (before[row] as State);
      const second =
        trap === 'state convolution of 2 x 1 with same padding reads the row below'
          ? before[row + 1]
          : before[row - 1];
      const sums = range(4 * h).map((to) => {
        const gate = 4 * h * direction + to;
        let sum = weights.bias(gate);
        for (let from = 0; inside && from < cin; from++) {
          if (allowed(shape, from, to, trap)) sum += x(row, column, from) * weights.input(0, from, gate);
        }
        for (let m = 0; m < h; m++) {
          sum += (beside.hidden[m] as number) * weights.state(2 * direction, m, to);
          sum += (second?.hidden[m] ?? 0) * weights.state(2 * direction + 1, m, to);
        }
        return sum;
      });
      const state = step(sums, beside.cell, h, trap);
      if (inside) (output[row] as number[][])[column] = state.hidden;
      return state;
    });
    before = now;
  }
  return output;
}
