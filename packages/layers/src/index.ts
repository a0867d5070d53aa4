export { DiagonalBiLSTM, type DiagonalBiLSTMArgs, diagonalBiLSTM } from './diagonalBiLSTM.js';
export { JoinScales, type JoinScalesArgs, joinScales } from './joinScales.js';
export { KnownPixels, type KnownPixelsArgs, knownPixels } from './knownPixels.js';
export {
  type ColorGroups,
  colorOfChannel,
  convolutionMask,
  type MaskOptions,
  type MaskType,
} from './mask.js';
export { MaskedConv2D, type MaskedConv2DArgs, maskedConv2d } from './maskedConv2d.js';
export {
  type ChainConvolutionArgs,
  MaskedConvChain,
  type MaskedConvChainArgs,
  maskedConvChain,
} from './maskedConvChain.js';
export { MCGSM, type MCGSMArgs, mcgsm } from './mcgsm.js';
export { type PixelCNNBlocksArgs, pixelCNNBlocks } from './pixelCNNBlocks.js';
export { RowLSTM, type RowLSTMArgs, rowLSTM } from './rowLSTM.js';
export { SplitLevels, type SplitLevelsArgs, splitLevels } from './splitLevels.js';
export { Subsample, type SubsampleArgs, subsample } from './subsample.js';
export { TransposedConv2D, type TransposedConv2DArgs, transposedConv2d } from './transposedConv2d.js';
