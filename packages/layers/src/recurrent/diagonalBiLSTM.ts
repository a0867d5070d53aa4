import { diagonalBiLSTM as diagonalBiLSTMOp } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import { RecurrentLayer, type RecurrentLayerArgs, type RecurrentShapes } from './recurrentLayer.js';

export type DiagonalBiLSTMArgs = RecurrentLayerArgs;

/**
 * Diagonal BiLSTM of PixelRNN, section 3.2: a 1 x 1 input-to-state convolution (mask B) and an unmasked 2 x 1
 * state-to-state convolution along the diagonals, from both upper corners. One layer sees every pixel above and to the left.
 */
export class DiagonalBiLSTM extends RecurrentLayer<DiagonalBiLSTMArgs> {
  static className = 'DiagonalBiLSTM';

  protected shapes(cin: number): RecurrentShapes {
    const { filters: h } = this.args;
    return {
      inputKernel: [1, 1, cin, 8 * h],
      stateKernel: [2, 2, h, 4 * h],
      initialState: [2, h],
      blocks: 8,
      forgetBlocks: [1, 5],
    };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x, condition] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor4D, tf.Tensor4D?];
    const { inputKernel, bias, stateKernel, initialHidden, initialCell } = this.weightsOf;
    return diagonalBiLSTMOp({
      x,
      inputKernel: inputKernel.read() as tf.Tensor4D,
      inputMask: this.inputMask,
      bias: bias.read() as tf.Tensor1D,
      stateKernel: stateKernel.read() as tf.Tensor4D,
      initialHidden: initialHidden.read() as tf.Tensor2D,
      initialCell: initialCell.read() as tf.Tensor2D,
      addition: this.additionOf(condition),
      projection: this.projection,
    });
  }
}

tf.serialization.registerClass(DiagonalBiLSTM);

/** A {@link DiagonalBiLSTM} layer: `diagonalBiLSTM({filters: 16, colors: 1})`. */
export function diagonalBiLSTM(args: DiagonalBiLSTMArgs): DiagonalBiLSTM {
  return new DiagonalBiLSTM(args);
}
