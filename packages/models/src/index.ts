export { type ForwardOptions, forward } from './forward.js';
export {
  type GatedPixelCNNOptions,
  gatedPixelCNN,
  gatedPixelCNNOutput,
  gatedPixelCNNSchema,
} from './gatedPixelCNN.js';
export {
  type MSEAutoencoder,
  type MSEAutoencoderOptions,
  mseAutoencoder,
  mseAutoencoderSchema,
} from './mseAutoencoder.js';
export {
  type MultiScaleModel,
  type MultiScaleOptions,
  multiScale,
  multiScaleImage,
  multiScaleSchema,
  type ScaleOptions,
  scalesOf,
  subsampleIntensities,
} from './multiScale.js';
export { type OutputHeadArgs, outputHead } from './outputHead.js';
export { type PixelCNNOptions, pixelCNN, pixelCNNSchema } from './pixelCNN.js';
export {
  type PixelCNNAutoencoder,
  type PixelCNNAutoencoderOptions,
  pixelCNNAutoencoder,
  pixelCNNAutoencoderSchema,
  viewsOf,
} from './pixelCNNAutoencoder.js';
export { type PixelRNNOptions, pixelRNN, pixelRNNSchema } from './pixelRNN.js';
export { planOf } from './planOf.js';
export { receptiveRadius } from './receptiveRadius.js';
export { scaleIntensities } from './scaleIntensities.js';
