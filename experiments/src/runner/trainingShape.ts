import type { ImageDataset } from '@pixelrnn/data';
import type { ImageShape } from '../experiment.js';

/** The shape of image that a model for this dataset is built for. */
export function trainingShape({ height, width, channels, levels }: ImageDataset): ImageShape {
  return { height, width, colors: channels, levels };
}
