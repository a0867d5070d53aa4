import { liveTaps, rowLSTM as rowLSTMOp, type Tap } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import { RecurrentLayer, type RecurrentLayerArgs, type RecurrentShapes } from './recurrentLayer.js';

export interface RowLSTMArgs extends RecurrentLayerArgs {
  /** k, columns that both convolutions reach over; odd, at least 3 in the paper. Default 3. */
  kernelSize?: number;
}

/**
 * Row LSTM of PixelRNN, section 3.1: a masked 1 x k input-to-state convolution (mask B) and an unmasked, centred k x 1
 * state-to-state convolution over the row above. Its context is a triangle above the pixel, and the pixels to the left that
 * the input convolution reaches.
 */
export class RowLSTM extends RecurrentLayer<RowLSTMArgs> {
  static className = 'RowLSTM';

  private readonly taps: Tap[];

  constructor(args: RowLSTMArgs) {
    super(args);
    const { kernelSize = 3 } = args;
    if (!Number.isInteger(kernelSize) || kernelSize < 1 || kernelSize % 2 === 0) {
      throw new Error(`RowLSTM: kernelSize must be odd and positive, got ${kernelSize}`);
    }
    const left = Array.from({ length: kernelSize }, (_, column) => (2 * column < kernelSize ? 1 : 0));
    this.taps = liveTaps(left, [1, kernelSize, 1, 1]);
  }

  protected shapes(cin: number): RecurrentShapes {
    const { filters: h, kernelSize = 3 } = this.args;
    return {
      inputKernel: [1, kernelSize, cin, 4 * h],
      stateKernel: [kernelSize, h, 4 * h],
      initialState: [h],
      blocks: 4,
      forgetBlocks: [1],
    };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x, condition] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor4D, tf.Tensor4D?];
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
        addition: this.additionOf(condition),
        projection: this.projection,
      },
      this.taps,
    );
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: this.args.kernelSize ?? 3 };
  }
}

tf.serialization.registerClass(RowLSTM);

/** A {@link RowLSTM} layer: `rowLSTM({filters: 16, colors: 1})`. */
export function rowLSTM(args: RowLSTMArgs): RowLSTM {
  return new RowLSTM(args);
}
