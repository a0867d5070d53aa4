// What a plan alone needs, without TensorFlow.js: for a page.
export { compressPlan } from './codec/compressPlan.js';
export { headerBytes } from './codec/container.js';
export { conditionValues } from './condition.js';
export { GenerationError } from './generationError.js';
export { occlusion } from './knownMask.js';
export { noiseOf } from './noise.js';
