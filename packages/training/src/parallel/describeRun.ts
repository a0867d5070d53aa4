import type { ImageDataset } from '@pixelrnn/data';
import * as tf from '@tensorflow/tfjs';
import { type CheckpointIdentity, checkpointVersion } from '../checkpoint/checkpointFormat.js';
import { engineInUse } from '../engineInUse.js';
import { commit } from '../environment.js';
import type { TrainingContext } from '../trainingContext.js';
import type { Description } from './sameRun.js';

/** What all ranks of a training must agree in before its first step, weights aside. */
export function describeRun(
  { config, nextBatch }: Pick<CheckpointIdentity, 'config' | 'nextBatch'>,
  model: tf.LayersModel,
  { train, valid, folder }: Pick<TrainingContext, 'train' | 'valid' | 'folder'>,
): Description {
  const backend = tf.backend() as { binding?: { TF_Version?: string } };
  return {
    version: {
      commit: commit(),
      checkpoints: checkpointVersion,
      tfjs: tf.version.tfjs,
      tensorflow: backend.binding?.TF_Version ?? null,
    },
    engine: engineInUse(),
    config,
    model: model.weights.map(({ originalName, shape }) => `${originalName} [${shape}]`),
    train: dataOf(train),
    valid: dataOf(valid),
    'first batch': nextBatch,
    folder: folder === undefined ? 'none' : 'one',
  };
}

const dataOf = ({ name, count, height, width, channels, levels, checksums }: ImageDataset) => ({
  name,
  images: count,
  shape: [height, width, channels],
  levels,
  checksums,
});
