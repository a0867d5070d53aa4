import { gatedPixelCNN, pixelCNN, pixelRNN } from '@pixelrnn/models';
import type * as tf from '@tensorflow/tfjs';
import type { Architecture } from '../works.js';

/** The workspace's model of a work. */
export function modelOf(work: Architecture): tf.LayersModel {
  const { height, width, colors, levels, h, headWidth } = work;
  if (work.model === 'gated') {
    return gatedPixelCNN({ height, width, colors, levels, filters: h, headWidth, layers: work.layers });
  }
  const size = { height, width, colors, levels, h, headWidth };
  return work.model === 'pixelcnn'
    ? pixelCNN({ ...size, blocks: work.blocks })
    : pixelRNN({ ...size, cell: work.model, layers: work.layers });
}
