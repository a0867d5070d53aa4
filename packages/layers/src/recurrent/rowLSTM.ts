import { liveTaps, rowLSTM as rowLSTMOp, type Tap } from '@pixelrnn/kernels';
import { odd } from '@pixelrnn/kernels/options';
import { unitBlocks } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { LayerArgs } from '../layerOptions.js';
import { RecurrentLayer, type RecurrentShapes, type ScanDirection } from './recurrentLayer.js';
import { recurrentOptions } from './recurrentOptions.js';

const schema = z.strictObject({
  ...recurrentOptions,
  /** k, columns that both convolutions reach over; at least 3 in the paper. */
  kernelSize: odd.default(3),
});

export type RowLSTMArgs = LayerArgs & z.input<typeof schema>;

/**
 * Row LSTM of PixelRNN, section 3.1: a masked 1 x k input-to-state convolution (mask B) and an unmasked, centred k x 1
 * state-to-state convolution over the row above. Its context is a triangle above the pixel, and the pixels to the left that
 * the input convolution reaches.
 */
export class RowLSTM extends RecurrentLayer<z.output<typeof schema>> {
  static className = 'RowLSTM';

  protected readonly taps: Tap[];
  protected readonly directions: ScanDirection[];

  constructor(args: RowLSTMArgs) {
    super(args, schema);
    const { kernelSize } = this.args;
    const left = Array.from({ length: kernelSize }, (_, column) => (2 * column < kernelSize ? 1 : 0));
    this.taps = liveTaps(left, [1, kernelSize, 1, 1]);
    const reach = (kernelSize - 1) / 2;
    this.directions = [
      {
        when: 'pixel',
        initial: 'above',
        state: Array.from({ length: kernelSize }, (_, i) => ({ row: -1, column: i - reach })),
        cell: { row: -1, column: 0 },
        output: { row: 0, column: 0 },
      },
    ];
  }

  protected shapes(cin: number): RecurrentShapes {
    const { filters: h, kernelSize } = this.args;
    const sums = unitBlocks.lstm.length * h;
    return {
      inputKernel: [1, kernelSize, cin, sums],
      stateKernel: [kernelSize, h, sums],
      initialState: [h],
    };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x, ...conditions] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor4D, ...tf.Tensor[]];
    const { inputKernel, bias, stateKernel, initialHidden, initialCell } = this.weightsOf;
    return rowLSTMOp(
      {
        x,
        inputKernel: inputKernel.read() as tf.Tensor4D,
        inputMask: this.inputMask,
        bias: bias.read() as tf.Tensor1D,
        stateKernel: stateKernel.read() as tf.Tensor3D,
        initialHidden: initialHidden.read() as tf.Tensor1D,
        initialCell: initialCell.read() as tf.Tensor1D,
        addition: this.additionOf(x, conditions),
        projection: this.projection,
      },
      this.taps,
    );
  }
}

tf.serialization.registerClass(RowLSTM);

/** A {@link RowLSTM} layer: `rowLSTM({filters: 16, colors: 1})`. */
export function rowLSTM(args: RowLSTMArgs): RowLSTM {
  return new RowLSTM(args);
}
