export { bernoulliCrossEntropy, softmaxCrossEntropy } from './crossEntropy.js';
export {
  type Activation,
  type MaskedConv2dAttributes,
  type MaskedConv2dInputs,
  maskedConv2d,
} from './maskedConv2d.js';
export { liveTaps, type Tap } from './taps.js';
