import { constants } from 'node:buffer';
import { Random } from '@pixelrnn/random';
import { BatchSchedule } from './batchSchedule.js';
import { binarizeImage } from './binarizedMnist/binarization.js';
import { DataError } from './dataError.js';
import { checkTypes, type DatasetKind, type ImageDatasetOptions } from './imageDatasetOptions.js';
import { type ImageStore, type Labels, labelsOf, MemoryStore, pick, storeOf } from './imageStore.js';
import { quantise, quantisedStore } from './quantise.js';

export interface Batch {
  /** [b, H, W, C], 0..levels-1 */
  intensities: Uint8Array;
  /** [b], where the dataset has labels */
  labels?: Labels;
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
  /**
   * What becomes of the images that fill no whole batch at the end of an epoch: `drop` leaves them out, `keep` gives
   * them as a smaller batch; `drop` when absent.
   */
  partial?: 'drop' | 'keep';
}

/** A plain loop: `every` takes several times as long over tens of millions of values. */
function allBelow(values: Uint8Array, levels: number): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! >= levels) return false;
  return true;
}

/** Images in memory or in a packed file, one byte per intensity, and iterators of batches over them. */
export class ImageDataset {
  /** The label under which results are shown: 'binarized MNIST (fixed)'. */
  readonly name: string;
  readonly kind: DatasetKind;
  readonly levels: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly count: number;
  /** [N] */
  readonly labels: Labels | undefined;
  readonly checksums: Readonly<Record<string, string>>;
  private readonly greyImages: Uint8Array | undefined;
  private readonly imageSize: number;
  private store: ImageStore;

  /** @throws DataError `usage` for an option that is not of its type, `format` when sizes or intensities do not fit. */
  constructor(options: ImageDatasetOptions) {
    checkTypes(options);
    const { name, levels, height, width, channels, images, labels, greyImages } = options;
    const imageSize = height * width * channels;
    const inMemory = images instanceof Uint8Array;
    const count = inMemory ? images.length / imageSize : images.count;
    const expect = (holds: boolean, expected: string, came: string) => {
      if (!holds)
        throw new DataError('format', `${name}: ${expected}, but ${came}: check the source's shape.`);
    };
    expect(
      Number.isInteger(count) && count > 0,
      `whole images of ${height}x${width}x${channels} values were expected, at least one`,
      `${inMemory ? images.length : count * imageSize} values came`,
    );
    expect(!labels || labels.length === count, `${count} labels were expected`, `${labels?.length} came`);
    expect(
      levels === 256 || !inMemory || allBelow(images, levels),
      `intensities of 0..${levels - 1} were expected`,
      'larger ones came',
    );
    expect(
      !greyImages || (levels === 2 && inMemory && greyImages.length === images.length),
      'grey images of the same size beside 2 levels were expected',
      `${greyImages?.length} values beside ${levels} levels came`,
    );
    this.name = name;
    this.kind = options.kind;
    this.levels = levels;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.count = count;
    this.store = inMemory ? new MemoryStore(images, imageSize) : images;
    this.labels = labels;
    this.checksums = options.checksums ?? {};
    this.greyImages = greyImages;
    this.imageSize = imageSize;
  }

  /**
   * [N, H, W, C], 0..levels-1. The images of a packed file are read into memory by this, once and as a whole; `batches`
   * and `sequentialBatches` need no such memory.
   * @throws DataError `usage` where they are more than an array can hold
   */
  get images(): Uint8Array {
    if (!(this.store instanceof MemoryStore)) this.store = this.readAll();
    return (this.store as MemoryStore).images;
  }

  /**
   * `count` images, evenly spaced over this dataset: image i is this one's image floor(i N / count). Files are often
   * sorted in parts, and their first images are then another distribution than all of them. Images in memory are copied.
   * @throws DataError `usage` unless `count` is an integer in 1..this.count.
   */
  subset(count: number): ImageDataset {
    this.requireInteger('the count of a subset', count, 1, this.count);
    const { store, labels, greyImages, imageSize } = this;
    const chosen = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * this.count) / count));
    return new ImageDataset({
      ...this,
      images: store instanceof MemoryStore ? pick(store.images, chosen, imageSize) : storeOf(store, chosen),
      labels: labels && labelsOf(labels, chosen),
      greyImages: greyImages && pick(greyImages, chosen, imageSize),
    });
  }

  /**
   * The same images on fewer levels, evenly (`quantise`): what comes is in 0..levels-1, and the name says so.
   * @throws DataError `usage` unless `levels` is an integer in 2..256 and this dataset has 256.
   */
  quantised(levels: number): ImageDataset {
    this.requireInteger('levels', levels, 2, 256);
    if (this.levels !== 256) {
      throw new DataError(
        'usage',
        `${this.name}: images of 256 levels were expected, to be quantised to ${levels}, but they have ${this.levels}: quantise the original ones.`,
      );
    }
    if (levels === 256) return this;
    const { store } = this;
    const images =
      store instanceof MemoryStore ? quantise(store.images, levels) : quantisedStore(store, levels);
    return new ImageDataset({
      ...this,
      name: `${this.name}, ${levels} levels`,
      levels,
      images,
      greyImages: undefined,
    });
  }

  /**
   * Endless batches for training, shuffled anew in every epoch. Every epoch gives each image once; `partial` says what
   * becomes of the last images, which fill no whole batch. The iterator that starts at step k gives what a fresh one
   * gives after k batches, at the cost of one permutation. Of a dynamic binarization, image i in epoch e is drawn
   * from the stream (seed, 'binarization', 'epoch e', 'image i').
   * @throws DataError `usage` at once for a bad option.
   */
  batches(options: BatchOptions): Generator<Batch, never, undefined> {
    const { batchSize, seed, step = 0, partial = 'drop' } = options ?? {};
    this.requireInteger('batchSize', batchSize, 1, this.count);
    this.requireInteger('seed', seed, 0, 2 ** 32 - 1);
    this.requireInteger('step', step, 0, Number.MAX_SAFE_INTEGER);
    if (partial !== 'drop' && partial !== 'keep') {
      throw new DataError('usage', `${this.name}: partial should be 'drop' or 'keep', but ${partial} came.`);
    }
    return this.trainingBatches(
      new BatchSchedule({ count: this.count, batchSize, seed, partial }),
      seed,
      step,
    );
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
    schedule: BatchSchedule,
    seed: number,
    first: number,
  ): Generator<Batch, never, undefined> {
    const binarization = new Random(seed).split('binarization');
    let next = schedule.at(first);
    for (let step = first; ; step++) {
      const { epoch, indices } = next;
      const batch = this.gather(indices);
      next = schedule.at(step + 1);
      this.store.readAhead(next.indices);
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
    const indicesFrom = (start: number) =>
      Uint32Array.from({ length: Math.min(batchSize, this.count - start) }, (_, i) => start + i);
    for (let start = 0; start < this.count; start += batchSize) {
      const batch = this.gather(indicesFrom(start));
      if (start + batchSize < this.count) this.store.readAhead(indicesFrom(start + batchSize));
      yield batch;
    }
  }

  private gather(indices: Uint32Array): Batch {
    const { imageSize, store, labels } = this;
    const intensities = new Uint8Array(indices.length * imageSize);
    for (const [position, index] of indices.entries()) {
      store.read(index, intensities.subarray(position * imageSize, (position + 1) * imageSize));
    }
    if (!(store instanceof MemoryStore)) this.requireLevels(intensities);
    return {
      intensities,
      indices,
      shape: [indices.length, this.height, this.width, this.channels],
      ...(labels && { labels: labelsOf(labels, indices) }),
    };
  }

  private readAll(): MemoryStore {
    const { count, imageSize, store, name } = this;
    const bytes = count * imageSize;
    if (bytes > constants.MAX_LENGTH) {
      throw new DataError(
        'usage',
        `${name}: \`images\` would be one array of ${bytes} bytes, but an array holds ${constants.MAX_LENGTH}: use batches or sequentialBatches, or a subset.`,
      );
    }
    const images = new Uint8Array(bytes);
    for (let i = 0; i < count; i++) store.read(i, images.subarray(i * imageSize, (i + 1) * imageSize));
    this.requireLevels(images);
    return new MemoryStore(images, imageSize);
  }

  /** Whether an intensity is too large; for images that are not in memory, that is known only once they are read. */
  private requireLevels(intensities: Uint8Array): void {
    const { levels, name } = this;
    if (levels === 256 || allBelow(intensities, levels)) return;
    throw new DataError(
      'format',
      `${name}: intensities of 0..${levels - 1} were expected, but larger ones came: check the source.`,
    );
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
