import { DiagonalBiLSTM, MaskedConv2D, MaskedConvChain, MCGSM, RowLSTM, SplitLevels } from '@pixelrnn/layers';
import type * as tf from '@tensorflow/tfjs';

const pointwise = [SplitLevels, MCGSM];
const recurrent = [RowLSTM, DiagonalBiLSTM];

/**
 * How many rows above a pixel, and columns to either side, its logits can depend on, at most: the sum of the half-widths
 * of all convolutions, infinite for recurrent layers. Nothing below the pixel's row counts.
 *
 * `null` where the model has a layer whose reach is not known, or that reads below, as multi-scale models do.
 */
export function receptiveRadius(model: tf.LayersModel): { rows: number; columns: number } | null {
  let rows = 0;
  let columns = 0;
  for (const layer of model.layers) {
    if (layer instanceof MaskedConv2D || layer instanceof MaskedConvChain) {
      const sizes = layer instanceof MaskedConv2D ? [layer.kernelSize] : layer.kernelSizes;
      for (const [height, width] of sizes) {
        rows += (height - 1) / 2;
        columns += (width - 1) / 2;
      }
    } else if (recurrent.some((kind) => layer instanceof kind)) {
      rows = columns = Number.POSITIVE_INFINITY;
    } else if (!(layer.getClassName() === 'InputLayer' || pointwise.some((kind) => layer instanceof kind))) {
      return null;
    }
  }
  return { rows, columns };
}
