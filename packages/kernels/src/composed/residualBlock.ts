import * as tf from '@tensorflow/tfjs';
import type { BlockAttributes } from '../kernelSet.js';
import { composedMaskedConv2d, composedMaskedConv2dBackward } from './maskedConv2d.js';

interface ComposedBlockInputs {
  x: tf.Tensor4D;
  kernels: tf.Tensor4D[];
  masks: tf.Tensor4D[];
  biases: tf.Tensor1D[];
}

/** The reference: three masked convolutions; y and the outputs of the first two. */
export function composedResidualBlock(
  { x, kernels, masks, biases }: ComposedBlockInputs,
  { taps }: BlockAttributes,
): tf.Tensor4D[] {
  const maps = [x];
  taps.forEach((list, i) => {
    const inputs = {
      x: maps[i] as tf.Tensor4D,
      kernel: kernels[i] as tf.Tensor4D,
      mask: masks[i] as tf.Tensor4D,
      bias: biases[i] as tf.Tensor1D,
      ...(i === taps.length - 1 && { residual: x }),
    };
    maps.push(composedMaskedConv2d(inputs, { taps: list, inputRelu: true, outputRelu: false }));
  });
  const [, hidden1, hidden2, y] = maps as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  return [y, hidden1, hidden2];
}

/** The gradients of {@link composedResidualBlock}: dx, then dkernel and dbias of each convolution. */
export function composedResidualBlockBackward(
  {
    x,
    kernels,
    masks,
    hidden,
    dy,
  }: Omit<ComposedBlockInputs, 'biases'> & { hidden: tf.Tensor4D[]; dy: tf.Tensor4D },
  { taps }: BlockAttributes,
): tf.Tensor[] {
  const inputs = [x, ...hidden];
  const filters: tf.Tensor[] = [];
  let gradient = dy;
  for (let i = taps.length - 1; i >= 0; i--) {
    const [dinput, dkernel, dbias] = composedMaskedConv2dBackward(
      {
        x: inputs[i] as tf.Tensor4D,
        kernel: kernels[i] as tf.Tensor4D,
        mask: masks[i] as tf.Tensor4D,
        dy: gradient,
      },
      {
        taps: taps[i] as number[],
        inputRelu: true,
        outputRelu: false,
        inputGradient: true,
        biasGradient: true,
      },
    ) as [tf.Tensor4D, tf.Tensor, tf.Tensor];
    filters.unshift(dkernel, dbias);
    gradient = dinput;
  }
  return [tf.add(gradient, dy), ...filters];
}
