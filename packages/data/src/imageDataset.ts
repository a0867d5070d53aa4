import { Random } from '@pixelrnn/random';
import { BatchSchedule } from './batchSchedule.js';
import { binarizeImage } from './binarization.js';
import { DataError } from './dataError.js';

/** `original` is the pixels as published; the others are the ways MNIST is binarized. Their numbers never mix. */
export type DatasetKind = 'original' | 'fixed' | 'seeded' | 'dynamic';

export interface Batch {
  /** [b, H, W, C], 0..levels-1 */
  intensities: Uint8Array;
  /** [b], where the dataset has labels */
  labels?: Uint8Array;
  /** [b], positions in the dataset */
  indices: Uint32Array;
  shape: [number, number, number, number];
}

export interface BatchOptions {
  /** 1..count */
  batchSize: number;
  /** 0..2^32-1 */
  seed: number;
  /** The step of the first batch that is given; 0 when absent. */
  step?: number;
}

export interface ImageDatasetOptions {
  name: string;
  kind: DatasetKind;
  levels: 2 | 256;
  height: number;
  width: number;
  channels: number;
  /** [N, H, W, C], 0..levels-1 */
  images: Uint8Array;
  /** [N] */
  labels?: Uint8Array | undefined;
  /** SHA-256 of each file the images came from, by file name. */
  checksums?: Record<string, string>;
  /** [N, H, W, C], 0..255: training batches are drawn anew from these in every epoch. Only with 2 levels. */
  greyImages?: Uint8Array | undefined;
}

/** A plain loop: `every` takes several times as long over tens of millions of values. */
function isBinary(values: Uint8Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! > 1) return false;
  return true;
}

/** Images in memory, one byte per intensity, and iterators of batches over them. */
export class ImageDataset {
  /** The label under which results are shown: 'binarized MNIST (fixed)'. */
  readonly name: string;
  readonly kind: DatasetKind;
  readonly levels: 2 | 256;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly count: number;
  /** [N, H, W, C], 0..levels-1 */
  readonly images: Uint8Array;
  /** [N] */
  readonly labels: Uint8Array | undefined;
  readonly checksums: Readonly<Record<string, string>>;
  private readonly greyImages: Uint8Array | undefined;
  private readonly imageSize: number;

  /** @throws DataError `format` when sizes or intensities do not fit. */
  constructor(options: ImageDatasetOptions) {
    const { name, height, width, channels, images, labels, greyImages } = options;
    const imageSize = height * width * channels;
    const count = images.length / imageSize;
    const expect = (holds: boolean, expected: string, came: string) => {
      if (!holds)
        throw new DataError('format', `${name}: ${expected}, but ${came}: check the source's shape.`);
    };
    expect(
      Number.isInteger(count) && count > 0,
      `whole images of ${height}x${width}x${channels} values were expected, at least one`,
      `${images.length} values came`,
    );
    expect(!labels || labels.length === count, `${count} labels were expected`, `${labels?.length} came`);
    expect(
      options.levels === 256 || isBinary(images),
      'the intensities 0 and 1 were expected',
      'larger ones came',
    );
    expect(
      !greyImages || (options.levels === 2 && greyImages.length === images.length),
      'grey images of the same size beside 2 levels were expected',
      `${greyImages?.length} values beside ${options.levels} levels came`,
    );
    this.name = name;
    this.kind = options.kind;
    this.levels = options.levels;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.count = count;
    this.images = images;
    this.labels = labels;
    this.checksums = options.checksums ?? {};
    this.greyImages = greyImages;
    this.imageSize = imageSize;
  }

  /**
   * The first `count` images, as views of this dataset's memory.
   * @throws DataError `usage` unless `count` is an integer in 1..this.count.
   */
  subset(count: number): ImageDataset {
    this.requireInteger('the count of a subset', count, 1, this.count);
    return new ImageDataset({
      ...this,
      images: this.images.subarray(0, count * this.imageSize),
      labels: this.labels?.subarray(0, count),
      greyImages: this.greyImages?.subarray(0, count * this.imageSize),
    });
  }

  /**
   * Endless batches for training, shuffled anew in every epoch. Every epoch gives each image once; the last images
   * that fill no whole batch are left out of that epoch. The iterator that starts at step k gives what a fresh one
   * gives after k batches, at the cost of one permutation. Of a dynamic binarization, image i in epoch e is drawn
   * from the stream (seed, 'binarization', 'epoch e', 'image i').
   * @throws DataError `usage` at once for a bad option.
   */
  batches({ batchSize, seed, step = 0 }: BatchOptions): Generator<Batch, never, undefined> {
    this.requireInteger('batchSize', batchSize, 1, this.count);
    this.requireInteger('seed', seed, 0, 2 ** 32 - 1);
    this.requireInteger('step', step, 0, Number.MAX_SAFE_INTEGER);
    return this.trainingBatches(batchSize, seed, step);
  }

  /**
   * All images once, in order, for evaluation; the last batch holds what is left. Of a dynamic binarization, these are
   * the static images of `images`.
   * @throws DataError `usage` at once for a bad batch size.
   */
  sequentialBatches(batchSize: number): Generator<Batch, void, undefined> {
    this.requireInteger('batchSize', batchSize, 1, Number.MAX_SAFE_INTEGER);
    return this.orderedBatches(batchSize);
  }

  private *trainingBatches(
    batchSize: number,
    seed: number,
    first: number,
  ): Generator<Batch, never, undefined> {
    const schedule = new BatchSchedule({ count: this.count, batchSize, seed });
    const binarization = new Random(seed).split('binarization');
    for (let step = first; ; step++) {
      const { epoch, indices } = schedule.at(step);
      const batch = this.gather(indices);
      if (this.greyImages) {
        const stream = binarization.split(`epoch ${epoch}`);
        for (const [position, index] of indices.entries()) {
          const grey = this.greyImages.subarray(index * this.imageSize, (index + 1) * this.imageSize);
          const start = position * this.imageSize;
          const into = batch.intensities.subarray(start, start + this.imageSize);
          binarizeImage(grey, stream.split(`image ${index}`), into);
        }
      }
      yield batch;
    }
  }

  private *orderedBatches(batchSize: number): Generator<Batch, void, undefined> {
    for (let start = 0; start < this.count; start += batchSize) {
      const size = Math.min(batchSize, this.count - start);
      yield this.gather(Uint32Array.from({ length: size }, (_, i) => start + i));
    }
  }

  private gather(indices: Uint32Array): Batch {
    const { imageSize, images, labels } = this;
    const intensities = new Uint8Array(indices.length * imageSize);
    for (const [position, index] of indices.entries()) {
      intensities.set(images.subarray(index * imageSize, (index + 1) * imageSize), position * imageSize);
    }
    return {
      intensities,
      indices,
      shape: [indices.length, this.height, this.width, this.channels],
      ...(labels && { labels: Uint8Array.from(indices, (index) => labels[index]!) }),
    };
  }

  private requireInteger(what: string, value: number, min: number, max: number): void {
    if (Number.isSafeInteger(value) && value >= min && value <= max) return;
    throw new DataError(
      'usage',
      `${this.name}: ${what} should be an integer from ${min} to ${max} (the dataset has ${this.count} images), but ${value} came.`,
    );
  }
}

/** The three splits of a dataset. */
export interface DatasetSplits {
  train: ImageDataset;
  valid: ImageDataset;
  test: ImageDataset;
}
