import type { Batch } from '@pixelrnn/data';
import { type Communicator, shareOf } from '@pixelrnn/mpi';

/** A rank's images of a batch, which on one rank alone is the batch itself. */
export function shareOfBatch(batch: Batch, ranks: Pick<Communicator, 'rank' | 'size'>): Batch {
  if (ranks.size === 1) return batch;
  const [images, ...imageShape] = batch.shape;
  const { begin, end } = shareOf(images, ranks);
  const pixels = batch.intensities.length / images;
  const { labels } = batch;
  return {
    intensities: batch.intensities.subarray(begin * pixels, end * pixels),
    indices: batch.indices.subarray(begin, end),
    shape: [end - begin, ...imageShape],
    ...(labels && { labels: labels.subarray(begin, end) }),
  };
}
