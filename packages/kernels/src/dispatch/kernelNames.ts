/** The names under which TensorFlow.js knows the operations, and TensorFlow the custom ops. */
export const kernelNames = {
  maskedConv2d: 'PixelrnnMaskedConv2d',
  /** The same with a ReLU at the output: its gradient needs the output, the other's does not. */
  maskedConv2dRelu: 'PixelrnnMaskedConv2dRelu',
  maskedConv2dBackward: 'PixelrnnMaskedConv2dBackward',
  chain: 'PixelrnnChain',
  chainBackward: 'PixelrnnChainBackward',
  gatedConv2d: 'PixelrnnGatedConv2d',
  gatedConv2dBackward: 'PixelrnnGatedConv2dBackward',
  rowLSTM: 'PixelrnnRowLSTM',
  rowLSTMBackward: 'PixelrnnRowLSTMBackward',
  diagonalBiLSTM: 'PixelrnnDiagonalBiLSTM',
  diagonalBiLSTMBackward: 'PixelrnnDiagonalBiLSTMBackward',
  softmaxCrossEntropy: 'PixelrnnSoftmaxCrossEntropy',
  softmaxCrossEntropyBackward: 'PixelrnnSoftmaxCrossEntropyBackward',
  bernoulliCrossEntropy: 'PixelrnnBernoulliCrossEntropy',
  bernoulliCrossEntropyBackward: 'PixelrnnBernoulliCrossEntropyBackward',
  rmsProp: 'PixelrnnRMSProp',
  adam: 'PixelrnnAdam',
} as const;
