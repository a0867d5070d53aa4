import type { RunResult } from '@pixelrnn/metrics';
import type { Experiment } from '../experiment.js';

/** What a trained model is a model of, and what its likelihood may be compared with. */
export function limitsOf(
  { limits }: Pick<Experiment, 'limits'>,
  { dataset, dimensions }: Pick<RunResult, 'dataset' | 'dimensions'>,
): string {
  if (limits !== undefined) return limits;
  const binary = dataset.startsWith('binarized MNIST');
  // Images are square: n x n in one colour, n x n x 3 in three, and 3 n x n is no square.
  const grey = Math.sqrt(dimensions);
  const colours = Number.isInteger(grey) ? 1 : 3;
  const size = Math.sqrt(dimensions / colours);
  const kind = binary ? 'binary images' : `${colours === 3 ? 'colour' : 'grey'} images with 256 intensities`;
  return `Models ${size}x${size} ${kind} like those of ${dataset.endsWith('sample') ? 'the ' : ''}${dataset}; likelihoods on other data${binary ? ' or another binarization' : ''} are not comparable.`;
}
