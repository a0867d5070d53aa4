export type { GatedLayerConvolution, GatedLayerInputs } from './composed/gatedLayer.js';
export { type KernelChoice, kernelsInUse, setKernels, whyComposed } from './dispatch/choice.js';
export type { KernelKind } from './dispatch/kernelKind.js';
export { type ChainedConvolution, convolutionChain } from './ops/convolutionChain.js';
export { bernoulliCrossEntropy, softmaxCrossEntropy } from './ops/crossEntropy.js';
export { diagonalBiLSTM } from './ops/diagonalBiLSTM.js';
export { gatedLayer } from './ops/gatedLayer.js';
export type { DiagonalBiLSTMInputs, RowLSTMInputs, UpProjection } from './ops/lstmInputs.js';
export {
  type Activation,
  type MaskedConv2dAttributes,
  type MaskedConv2dInputs,
  maskedConv2d,
} from './ops/maskedConv2d.js';
export {
  type AdamHyperparameters,
  type AdamState,
  adamUpdate,
  type RMSPropHyperparameters,
  type RMSPropState,
  rmsPropUpdate,
} from './ops/optimizers.js';
export { rowLSTM } from './ops/rowLSTM.js';
export { liveTaps, type Tap } from './ops/taps.js';
