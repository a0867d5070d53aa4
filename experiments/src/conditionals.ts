import type { ImageDataset } from '@pixelrnn/data';
import { forward, scaleIntensities } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';

/** A colour of a pixel of an image. */
export interface Position {
  /** Its number in the dataset. */
  image: number;
  row: number;
  column: number;
  color: number;
}

const colors = ['red', 'green', 'blue'];

/**
 * Positions worth a look: the first red, which nothing is known of; the middle pixel of every image, its colours in turn;
 * and below the uppermost quarter, the first position each that is darkest and lightest in truth, in two images if there are.
 */
export function chosenPositions(dataset: ImageDataset): Position[] {
  const { height, width, channels, levels, images, count } = dataset;
  const size = height * width * channels;
  const at = (image: number, i: number): Position => ({
    image,
    row: Math.floor(i / (width * channels)),
    column: Math.floor(i / channels) % width,
    color: i % channels,
  });
  const middle = (Math.floor(height / 2) * width + Math.floor(width / 2)) * channels;
  const from = Math.floor(height / 4) * width * channels;
  const ends = [0, levels - 1].flatMap((level) =>
    Array.from({ length: count }, (_, image) => {
      const found = images.subarray(image * size + from, (image + 1) * size).indexOf(level);
      return found < 0 ? null : at(image, from + found);
    })
      .filter((position) => position !== null)
      .slice(0, 2),
  );
  const middles = Array.from({ length: Math.min(count, 4) }, (_, image) =>
    at(image, middle + (image % channels)),
  );
  return [at(0, 0), ...middles, ...ends];
}

export interface NamedDistribution extends Position {
  label: string;
  /** The intensity that is there. */
  truth: number;
  /** [levels] */
  probabilities: number[];
}

/** The model's distributions at some positions, each given all before it in its image. */
export function namedDistributions(
  model: tf.LayersModel,
  dataset: ImageDataset,
  positions: readonly Position[],
): NamedDistribution[] {
  const { height, width, channels, levels, images } = dataset;
  const size = height * width * channels;
  return positions.map((position) => {
    const { image, row, column, color } = position;
    const intensities = images.subarray(image * size, (image + 1) * size);
    const probabilities = tf.tidy(() => {
      const all = softmaxOf(model, intensities, [1, height, width, channels], levels);
      const one = tf.slice(all, [0, row, column, color, 0], [1, 1, 1, 1, levels]);
      return Array.from(one.dataSync());
    });
    const truth = intensities[(row * width + column) * channels + color] as number;
    const name = channels === 1 ? '' : `, ${colors[color]}`;
    return {
      ...position,
      label: `image ${image}, (${row}, ${column})${name}: ${truth}`,
      truth,
      probabilities,
    };
  });
}

export interface Ends {
  /** Mean of all conditionals, and the share of each intensity: [levels]. */
  predicted: number[];
  true: number[];
  /** Mean probability of the first and the last intensity where it is there. */
  firstWhereTrue: number | null;
  lastWhereTrue: number | null;
}

/** What a model gives to intensities on the average over all positions of some images, the first and the last above all. */
export async function endsOf(
  model: tf.LayersModel,
  dataset: ImageDataset,
  signal?: AbortSignal,
): Promise<Ends> {
  const { levels } = dataset;
  const predicted = new Float64Array(levels);
  const counts = new Float64Array(levels);
  const whereTrue = [0, 0];
  for (const { intensities, shape } of dataset.sequentialBatches(8)) {
    signal?.throwIfAborted();
    const [sums, ends] = tf.tidy(() => {
      const all = softmaxOf(model, intensities, shape, levels);
      const flat = tf.reshape(all, [intensities.length, levels]);
      const truth = tf.tensor1d(intensities, 'int32');
      const where = (level: number) => {
        const there = tf.cast(tf.equal(truth, level), 'float32');
        return tf.sum(tf.mul(there, tf.reshape(tf.slice(flat, [0, level], [-1, 1]), [-1])));
      };
      return [tf.sum(flat, 0), tf.stack([where(0), where(levels - 1)])] as const;
    });
    for (const [level, sum] of (await sums.data()).entries()) predicted[level]! += sum;
    for (const [end, sum] of (await ends.data()).entries()) whereTrue[end]! += sum;
    tf.dispose([sums, ends]);
    for (const intensity of intensities) counts[intensity]! += 1;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = (end: number, level: number) => (counts[level]! > 0 ? whereTrue[end]! / counts[level]! : null);
  return {
    predicted: Array.from(predicted, (sum) => sum / total),
    true: Array.from(counts, (count) => count / total),
    firstWhereTrue: mean(0, 0),
    lastWhereTrue: mean(1, levels - 1),
  };
}

/** [B, H, W, C, levels] */
function softmaxOf(
  model: tf.LayersModel,
  intensities: Uint8Array,
  shape: [number, number, number, number],
  levels: number,
): tf.Tensor {
  const logits = forward(model, scaleIntensities(intensities, shape, levels));
  if (logits.rank !== 5 || logits.shape[4] !== levels) {
    throw new Error(
      `Distributions over ${levels} intensities: expected logits [B, H, W, C, ${levels}], got [${logits.shape}]: choose a model with a softmax.`,
    );
  }
  return tf.softmax(logits);
}
