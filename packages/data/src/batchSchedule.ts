import { Random } from '@pixelrnn/random';

/**
 * Which images the batch of a step holds. Epoch e goes through a permutation drawn from the stream
 * (seed, 'batches', 'epoch e'), and the images that fill no whole batch are left out of that epoch or make a smaller
 * one; so any step is reached at the cost of one permutation.
 */
export class BatchSchedule {
  private readonly batchesPerEpoch: number;
  private epoch = -1;
  private order = new Uint32Array(0);

  /** @param options `batchSize` in 1..count. */
  constructor(
    private readonly options: { count: number; batchSize: number; seed: number; partial: 'drop' | 'keep' },
  ) {
    const batches = options.count / options.batchSize;
    this.batchesPerEpoch = options.partial === 'drop' ? Math.floor(batches) : Math.ceil(batches);
  }

  /** @returns `indices` [batchSize], or fewer at the end of an epoch where those are kept; a copy. */
  at(step: number): { epoch: number; indices: Uint32Array } {
    const { count, batchSize, seed } = this.options;
    const epoch = Math.floor(step / this.batchesPerEpoch);
    if (epoch !== this.epoch) {
      this.order = new Uint32Array(new Random(seed, ['batches', `epoch ${epoch}`]).permutation(count));
      this.epoch = epoch;
    }
    const start = (step % this.batchesPerEpoch) * batchSize;
    return { epoch, indices: this.order.slice(start, start + batchSize) };
  }
}
