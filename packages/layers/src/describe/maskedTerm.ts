import type { Tap } from '@pixelrnn/kernels';
import type { MapId, PlanTerm, WeightsOf } from '@pixelrnn/kernels/plan';
import type * as tf from '@tensorflow/tfjs';
import type { MaskType } from '../mask/mask.js';

export interface MaskedTermOptions {
  map: MapId;
  /** [kernel height, kernel width, input channels, output channels] */
  kernel: tf.LayerVariable;
  /** Zeros and ones of the same shape. */
  mask: tf.Tensor4D;
  maskType: MaskType;
  /** Positions of the kernel that have a live weight. */
  taps: readonly Tap[];
  inputActivation?: PlanTerm['inputActivation'];
  /** The output channels that are meant, from and up to; default all. */
  sums?: readonly [number, number];
}

/** A masked convolution's term, centred as the mask is: its live taps, their colours, its weights times the mask. */
export function maskedTerm(options: MaskedTermOptions): PlanTerm {
  const { map, kernel, mask, maskType, taps, inputActivation = 'linear' } = options;
  const [height, width, cin, cout] = kernel.shape as [number, number, number, number];
  const [from, to] = options.sums ?? [0, cout];
  const [centreRow, centreColumn] = [(height - 1) / 2, (width - 1) / 2];
  const centre = maskType === 'A' ? 'before' : 'upTo';
  return {
    map,
    taps: taps.map((tap) => {
      const [row, column] = [tap.row - centreRow, tap.column - centreColumn];
      return { row, column, colors: row === 0 && column === 0 ? centre : 'all' };
    }),
    inputActivation,
    weights: () => {
      const [values, live] = [valuesOf(kernel)(), mask.dataSync()];
      const weights = new Float32Array(taps.length * cin * (to - from));
      let at = 0;
      for (const { row, column } of taps) {
        for (let input = 0; input < cin; input++) {
          const line = ((row * width + column) * cin + input) * cout;
          for (let i = line + from; i < line + to; i++)
            weights[at++] = (values[i] as number) * (live[i] as number);
        }
      }
      return weights;
    },
  };
}

/** A weight's values, read when they are wanted. */
export const valuesOf =
  (variable: tf.LayerVariable): WeightsOf =>
  () =>
    variable.read().dataSync() as Float32Array;

/** A part of a weight's values, read when they are wanted. */
export const partOf =
  (variable: tf.LayerVariable, from: number, to: number): WeightsOf =>
  () =>
    valuesOf(variable)().subarray(from, to);
