// What needs no TensorFlow.js: masks, and what a plan depends on.
export { type ContextOutput, claimedContext } from './describe/claimedContext.js';
export { convolutionMask, type MaskOptions, type MaskType } from './mask/mask.js';
