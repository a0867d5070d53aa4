export { DiagonalBiLSTM, type DiagonalBiLSTMArgs, diagonalBiLSTM } from './diagonalBiLSTM.js';
export {
  type ColorGroups,
  colorOfChannel,
  convolutionMask,
  type MaskOptions,
  type MaskType,
} from './mask.js';
export { MaskedConv2D, type MaskedConv2DArgs, maskedConv2d } from './maskedConv2d.js';
export { MCGSM, type MCGSMArgs, mcgsm } from './mcgsm.js';
export { type PixelCNNBlockArgs, pixelCNNBlock } from './pixelCNNBlock.js';
export { RowLSTM, type RowLSTMArgs, rowLSTM } from './rowLSTM.js';
export { SplitLevels, type SplitLevelsArgs, splitLevels } from './splitLevels.js';
