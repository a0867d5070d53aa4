import * as tf from '@tensorflow/tfjs';
import type { ChainAttributes } from '../fused/convolutionChain.js';
import { composedMaskedConv2d, composedMaskedConv2dBackward } from './maskedConv2d.js';

interface ComposedChainInputs {
  x: tf.Tensor4D;
  kernels: tf.Tensor4D[];
  masks: tf.Tensor4D[];
  biases: tf.Tensor1D[];
}

/** The reference: as many masked convolutions; y, then the outputs of all but the last. */
export function composedChain(
  { x, kernels, masks, biases }: ComposedChainInputs,
  { taps, inputRelus, residuals }: ChainAttributes,
): tf.Tensor4D[] {
  const maps = [x];
  taps.forEach((list, i) => {
    const residual = maps[residuals[i] as number]; // none for -1
    const inputs = {
      x: maps[i] as tf.Tensor4D,
      kernel: kernels[i] as tf.Tensor4D,
      mask: masks[i] as tf.Tensor4D,
      bias: biases[i] as tf.Tensor1D,
      ...(residual && { residual }),
    };
    maps.push(
      composedMaskedConv2d(inputs, { taps: list, inputRelu: inputRelus[i] as boolean, outputRelu: false }),
    );
  });
  return [maps[taps.length] as tf.Tensor4D, ...maps.slice(1, -1)];
}

/** The gradients of {@link composedChain}: dx, then all dkernels, then all dbiases. */
export function composedChainBackward(
  {
    x,
    kernels,
    masks,
    saved = [],
    dy,
  }: Omit<ComposedChainInputs, 'biases'> & { saved?: tf.Tensor4D[]; dy: tf.Tensor4D },
  { taps, inputRelus, residuals }: ChainAttributes,
): tf.Tensor[] {
  const inputs = [x, ...saved];
  const dkernels: tf.Tensor[] = [];
  const dbiases: tf.Tensor[] = [];
  const gradients = new Map([[taps.length, dy]]); // of the input of each convolution, and of y
  for (let i = taps.length - 1; i >= 0; i--) {
    const [dinput, dkernel, dbias] = composedMaskedConv2dBackward(
      {
        x: inputs[i] as tf.Tensor4D,
        kernel: kernels[i] as tf.Tensor4D,
        mask: masks[i] as tf.Tensor4D,
        dy: gradients.get(i + 1) as tf.Tensor4D,
      },
      {
        taps: taps[i] as number[],
        inputRelu: inputRelus[i] as boolean,
        outputRelu: false,
        inputGradient: true,
        biasGradient: true,
      },
    ) as [tf.Tensor4D, tf.Tensor, tf.Tensor];
    dkernels.unshift(dkernel);
    dbiases.unshift(dbias);
    const output = residuals.indexOf(i);
    gradients.set(i, output < 0 ? dinput : tf.add(dinput, gradients.get(output + 1) as tf.Tensor4D));
  }
  return [gradients.get(0) as tf.Tensor4D, ...dkernels, ...dbiases];
}
