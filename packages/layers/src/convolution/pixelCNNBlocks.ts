import { type ChainConvolutionArgs, type MaskedConvChain, maskedConvChain } from './maskedConvChain.js';

export interface PixelCNNBlocksArgs {
  /** How many blocks, one after the other. */
  blocks: number;
  /** h of the paper; input and output of a block have 2h channels. */
  h: number;
  /** Colours of a pixel; channels belong to them cyclically. */
  colors: number;
  /** Side of the masked convolution in the middle, odd; default 3. */
  kernelSize?: number;
  /** Seed of the initial weights; default 0. */
  seed?: number;
  /** Name of the layer. */
  name?: string;
}

/**
 * Residual blocks of PixelCNN (PixelRNN, Figure 5, left), every convolution with mask B:
 *
 *     2h -> ReLU, 1x1 (h) -> ReLU, 3x3 (h) -> ReLU, 1x1 (2h) -> + input        [B, H, W, 2h] -> [B, H, W, 2h]
 *
 * The convolutions of block i are `block<i>/down`, `block<i>/conv` and `block<i>/up`.
 */
export function pixelCNNBlocks(args: PixelCNNBlocksArgs): MaskedConvChain {
  const { blocks, h, kernelSize = 3, ...layer } = args;
  const shared = { maskType: 'B', inputActivation: 'relu' } as const;
  const convolutions = Array.from({ length: blocks }, (_, i): ChainConvolutionArgs[] => {
    const block = `block${i + 1}`;
    return [
      { ...shared, name: `${block}/down`, filters: h, kernelSize: 1 },
      { ...shared, name: `${block}/conv`, filters: h, kernelSize },
      { ...shared, name: `${block}/up`, filters: 2 * h, kernelSize: 1, residualFrom: `${block}/down` },
    ];
  }).flat();
  return maskedConvChain({ ...layer, convolutions });
}
