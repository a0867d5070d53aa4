import { generate } from '@pixelrnn/generation';
import { labelledGrid } from '@pixelrnn/plots';
import type * as tf from '@tensorflow/tfjs';
import type { PictureContext, Pictures } from './experiment.js';
import { trainingShape } from './runner/trainingShape.js';

/** 1 is the model itself, 0 what it knows without the class, and more exaggerates what the class adds. */
const guidances = [0, 1, 3];

/**
 * Draws `classes-guidance-<g>.png`: a row of samples for each class, the same noise at every guidance. As many samples in all as
 * asked for, but at least one of a class.
 */
export function classPictures(classes: readonly string[]) {
  return async (model: tf.LayersModel, context: PictureContext): Promise<Pictures> => {
    const { data, seed, signal } = context;
    const columns = Math.max(1, Math.round(context.count / classes.length));
    const count = columns * classes.length;
    const condition = Array.from({ length: count }, (_, i) => Math.floor(i / columns));
    const { colors: channels, ...size } = trainingShape(data.train);
    const pictures: Pictures = {};
    for (const guidance of guidances) {
      const images = await generate(model, { count, seed, condition, guidance, ...(signal && { signal }) });
      const grid = { ...size, channels, images, count, columns, rowLabels: classes };
      pictures[`classes-guidance-${guidance}.png`] = await labelledGrid(grid);
    }
    return pictures;
  };
}
