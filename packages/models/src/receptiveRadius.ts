import { MaskedConv2D, SplitLevels } from '@pixelrnn/layers';
import type * as tf from '@tensorflow/tfjs';

/**
 * How many rows above a pixel, and columns to either side, its logits can depend on, at most: the sum of the half-widths
 * of all convolutions. `null` where the model has a layer of unbounded reach.
 */
export function receptiveRadius(model: tf.LayersModel): { rows: number; columns: number } | null {
  let rows = 0;
  let columns = 0;
  for (const layer of model.layers) {
    if (layer instanceof MaskedConv2D) {
      rows += (layer.kernelSize[0] - 1) / 2;
      columns += (layer.kernelSize[1] - 1) / 2;
    } else if (!(layer instanceof SplitLevels || layer.getClassName() === 'InputLayer')) {
      return null;
    }
  }
  return { rows, columns };
}
