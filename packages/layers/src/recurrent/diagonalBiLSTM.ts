import { diagonalBiLSTM as diagonalBiLSTMOp } from '@pixelrnn/kernels';
import { unitBlocks } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { LayerArgs } from '../layerOptions.js';
import { RecurrentLayer, type RecurrentShapes, type ScanDirection } from './recurrentLayer.js';
import { recurrentOptions } from './recurrentOptions.js';

const schema = z.strictObject(recurrentOptions);

export type DiagonalBiLSTMArgs = LayerArgs & z.input<typeof schema>;

/**
 * Diagonal BiLSTM of PixelRNN, section 3.2: a 1 x 1 input-to-state convolution (mask B) and an unmasked 2 x 1
 * state-to-state convolution along the diagonals, from both upper corners. One layer sees every pixel above and to the left.
 */
export class DiagonalBiLSTM extends RecurrentLayer<z.output<typeof schema>> {
  static className = 'DiagonalBiLSTM';

  protected readonly taps = [{ row: 0, column: 0 }];
  protected readonly directions: ScanDirection[] = [
    {
      when: 'pixel',
      initial: 'left',
      state: [
        { row: 0, column: -1 },
        { row: -1, column: 0 },
      ],
      cell: { row: 0, column: -1 },
      output: { row: 0, column: 0 },
    },
    // Right to left, over a row once all of its pixels are complete; its map is read one row below.
    {
      when: 'rowReversed',
      initial: 'right',
      state: [
        { row: 0, column: 1 },
        { row: -1, column: 0 },
      ],
      cell: { row: 0, column: 1 },
      output: { row: -1, column: 0 },
    },
  ];

  constructor(args: DiagonalBiLSTMArgs) {
    super(args, schema);
  }

  protected shapes(cin: number): RecurrentShapes {
    const { filters: h } = this.args;
    const sums = unitBlocks.lstm.length * h;
    return {
      inputKernel: [1, 1, cin, 2 * sums],
      stateKernel: [2, 2, h, sums],
      initialState: [2, h],
    };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x, ...conditions] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor4D, ...tf.Tensor[]];
    const { inputKernel, bias, stateKernel, initialHidden, initialCell } = this.weightsOf;
    return diagonalBiLSTMOp({
      x,
      inputKernel: inputKernel.read() as tf.Tensor4D,
      inputMask: this.inputMask,
      bias: bias.read() as tf.Tensor1D,
      stateKernel: stateKernel.read() as tf.Tensor4D,
      initialHidden: initialHidden.read() as tf.Tensor2D,
      initialCell: initialCell.read() as tf.Tensor2D,
      addition: this.additionOf(x, conditions),
      projection: this.projection,
    });
  }
}

tf.serialization.registerClass(DiagonalBiLSTM);

/** A {@link DiagonalBiLSTM} layer: `diagonalBiLSTM({filters: 16, colors: 1})`. */
export function diagonalBiLSTM(args: DiagonalBiLSTMArgs): DiagonalBiLSTM {
  return new DiagonalBiLSTM(args);
}
