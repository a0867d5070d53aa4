import * as tf from '@tensorflow/tfjs';
import { composedGate } from '../composed/gate.js';
import { kernelsInUse } from '../dispatch/choice.js';
import { runKernel } from '../dispatch/runKernel.js';
import { saveTensors } from '../dispatch/savedTensors.js';
import { fail } from './checks.js';

const operation = 'gate';

/**
 * The unit of Gated PixelCNN (equation 2) alone, of sums that something else reads too: y = tanh(f) * sigmoid(g), where
 * [f, g] are the halves of the last axis. `gatedConv2d` has it and its convolution in one.
 *
 * @param sums [..., 2p]
 * @returns [..., p], differentiable once
 * @throws Error naming operation and shape where the last axis has no two halves
 */
export function gate<T extends tf.Tensor>(sums: T): T {
  if (sums.dtype !== 'float32') fail(operation, `sums must be float32, got ${sums.dtype} [${sums.shape}]`);
  if (sums.rank === 0 || sums.size === 0 || (sums.shape.at(-1) as number) % 2 !== 0) {
    fail(operation, `sums must be a non-empty [..., 2p], got [${sums.shape}]`);
  }
  return (kernelsInUse() === 'composed' ? composedGate(sums) : fused(sums)) as T;
}

function fused(sums: tf.Tensor): tf.Tensor {
  const unit = tf.customGrad((...given) => {
    const [sums, save] = given as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
    const saved = saveTensors(save, { sums });
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], tensors: tf.Tensor[]) =>
      runKernel('gateBackward', { ...saved(tensors), dy: dy as tf.Tensor });
    return { value: runKernel('gate', { sums })[0] as tf.Tensor, gradFunc };
  });
  return unit(sums);
}
