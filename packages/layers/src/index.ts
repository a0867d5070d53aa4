export { MaskedConv2D, type MaskedConv2DArgs, maskedConv2d } from './convolution/maskedConv2d.js';
export {
  type ChainConvolutionArgs,
  MaskedConvChain,
  type MaskedConvChainArgs,
  maskedConvChain,
} from './convolution/maskedConvChain.js';
export { type PixelCNNBlocksArgs, pixelCNNBlocks } from './convolution/pixelCNNBlocks.js';
export { type ContextOutput, claimedContext } from './describe/claimedContext.js';
export { type DescribedLayer, describeLayer } from './describe/describeLayer.js';
export { liveWeights, liveWeightsOfTerm } from './describe/liveWeights.js';
export { here, PlanBuilder, type SumOptions } from './describe/planBuilder.js';
export { type Reach, reach } from './describe/reach.js';
export { StridedConv2D, type StridedConv2DArgs, stridedConv2d } from './encoder/stridedConv2d.js';
export { GatedLayer, type GatedLayerArgs, gatedLayer } from './gated/gatedLayer.js';
export {
  type ColorGroups,
  colorOfChannel,
  convolutionMask,
  type MaskOptions,
  type MaskType,
} from './mask/mask.js';
export { FixedGaussian, type FixedGaussianArgs, fixedGaussian } from './output/fixedGaussian.js';
export { MCGSM, type MCGSMArgs, mcgsm } from './output/mcgsm.js';
export { SplitLevels, type SplitLevelsArgs, splitLevels } from './output/splitLevels.js';
export { DiagonalBiLSTM, type DiagonalBiLSTMArgs, diagonalBiLSTM } from './recurrent/diagonalBiLSTM.js';
export { RowLSTM, type RowLSTMArgs, rowLSTM } from './recurrent/rowLSTM.js';
export { JoinScales, type JoinScalesArgs, joinScales } from './scale/joinScales.js';
export { KnownPixels, type KnownPixelsArgs, knownPixels } from './scale/knownPixels.js';
export { Subsample, type SubsampleArgs, subsample } from './scale/subsample.js';
export { TransposedConv2D, type TransposedConv2DArgs, transposedConv2d } from './scale/transposedConv2d.js';
export { type SeededGlorotUniformOptions, seededGlorotUniform } from './seededGlorotUniform.js';
