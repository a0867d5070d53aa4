export { type KernelChoice, kernelsInUse, setKernels, whyComposed } from './choice.js';
export { type ChainedConvolution, convolutionChain } from './convolutionChain.js';
export { bernoulliCrossEntropy, softmaxCrossEntropy } from './crossEntropy.js';
export { diagonalBiLSTM } from './diagonalBiLSTM.js';
export { gatedConv2d } from './gatedConv2d.js';
export type { GatedConv2dInputs } from './gatedInputs.js';
export type { KernelKind } from './kernelSet.js';
export type { DiagonalBiLSTMInputs, RowLSTMInputs, UpProjection } from './lstmInputs.js';
export {
  type Activation,
  type MaskedConv2dAttributes,
  type MaskedConv2dInputs,
  maskedConv2d,
} from './maskedConv2d.js';
export {
  type AdamHyperparameters,
  type AdamState,
  adamUpdate,
  type RMSPropHyperparameters,
  type RMSPropState,
  rmsPropUpdate,
} from './optimisers.js';
export { rowLSTM } from './rowLSTM.js';
export { liveTaps, type Tap } from './taps.js';
