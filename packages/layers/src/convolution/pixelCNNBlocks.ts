import { odd, positive, seed } from '@pixelrnn/kernels/options';
import { z } from 'zod';
import { type LayerArgs, layerArgs, layerOptions } from '../layerOptions.js';
import { type ChainConvolutionArgs, type MaskedConvChain, maskedConvChain } from './maskedConvChain.js';

const schema = z.strictObject({
  /** How many blocks, one after the other. */
  blocks: positive,
  /** h of the paper; input and output of a block have 2h channels. */
  h: positive,
  /** Colours of a pixel; channels belong to them cyclically. */
  colors: positive,
  /** Side of the masked convolution in the middle. */
  kernelSize: odd.default(3),
  /** Seed of the initial weights. */
  seed,
});

export type PixelCNNBlocksArgs = LayerArgs & z.input<typeof schema>;

/**
 * Residual blocks of PixelCNN (PixelRNN, Figure 5, left), every convolution with mask B:
 *
 *     2h -> ReLU, 1x1 (h) -> ReLU, 3x3 (h) -> ReLU, 1x1 (2h) -> + input        [B, H, W, 2h] -> [B, H, W, 2h]
 *
 * The convolutions of block i are `block<i>/down`, `block<i>/conv` and `block<i>/up`.
 */
export function pixelCNNBlocks(args: PixelCNNBlocksArgs): MaskedConvChain {
  const { blocks, h, kernelSize, ...shared } = layerOptions('pixelCNNBlocks', schema, args);
  const common = { maskType: 'B', inputActivation: 'relu' } as const;
  const convolutions = Array.from({ length: blocks }, (_, i): ChainConvolutionArgs[] => {
    const block = `block${i + 1}`;
    return [
      { ...common, name: `${block}/down`, filters: h, kernelSize: 1 },
      { ...common, name: `${block}/conv`, filters: h, kernelSize },
      { ...common, name: `${block}/up`, filters: 2 * h, kernelSize: 1, residualFrom: `${block}/down` },
    ];
  }).flat();
  return maskedConvChain({ ...layerArgs(args), ...shared, convolutions });
}
