export { type PixelCNNOptions, pixelCNN } from './pixelCNN.js';
export { receptiveRadius } from './receptiveRadius.js';
export { scaleIntensities } from './scaleIntensities.js';
