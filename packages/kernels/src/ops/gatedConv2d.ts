import * as tf from '@tensorflow/tfjs';
import { composedGatedConv2d, type GatedConv2dInputs } from '../composed/gatedConv2d.js';
import { kernelsInUse } from '../dispatch/choice.js';
import { runKernel } from '../dispatch/runKernel.js';
import { saveTensors } from '../dispatch/savedTensors.js';
import { checkShape, fail } from './checks.js';
import { checkTaps, type Tap } from './taps.js';

const operation = 'gatedConv2d';

/**
 * Gated unit of Gated PixelCNN (equations 2, 4 and 5), with both convolutions in one:
 *
 *     [f, g] = conv(x, kernel * mask) + bias + vector + map;    y = tanh(f) * sigmoid(g)        [B, H, W, p]
 *
 * Stride 1, zeros outside the image. Differentiable once in everything but the mask.
 *
 * @param taps the kernel positions where the mask is not all zero, each once
 * @throws Error naming operation and shapes where the inputs do not fit together
 */
export function gatedConv2d(inputs: GatedConv2dInputs, taps: readonly Tap[]): tf.Tensor4D {
  check(inputs, taps);
  return kernelsInUse() === 'composed' ? composedGatedConv2d(inputs, taps) : fused(inputs, taps);
}

function fused(inputs: GatedConv2dInputs, taps: readonly Tap[]): tf.Tensor4D {
  const { x, kernel, mask, bias, vector, map } = inputs;
  const optional = { ...(bias && { bias }), ...(vector && { vector }), ...(map && { map }) };
  const names = Object.keys(optional);
  const attributes = { taps: taps.flatMap(({ row, column }) => [row, column]) };
  const gradients = { biases: bias ? 1 : 0, vectors: vector ? 1 : 0, maps: map ? 1 : 0 };
  // The halves are no output to TensorFlow.js, which would make a gradient of zeros for them.
  const unit = tf.customGrad((...given) => {
    const save = given.pop() as (tensors: tf.Tensor[]) => void;
    const [x, kernel, ...others] = given as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
    const named = Object.fromEntries(names.map((name, i) => [name, others[i] as tf.Tensor]));
    const outputs = runKernel('gatedConv2d', { x, kernel, mask, ...named }, attributes);
    const [y, halves] = outputs as [tf.Tensor, tf.Tensor];
    const saved = saveTensors(save, { x, kernel, mask, halves });
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], tensors: tf.Tensor[]) => {
      const all = { ...saved(tensors), dy: dy as tf.Tensor };
      return runKernel('gatedConv2dBackward', all, { ...attributes, ...gradients });
    };
    return { value: y, gradFunc };
  });
  return unit(x, kernel, ...(Object.values(optional) as tf.Tensor[])) as tf.Tensor4D;
}

function check(inputs: GatedConv2dInputs, taps: readonly Tap[]): void {
  for (const [name, tensor] of Object.entries<tf.Tensor | undefined>({ ...inputs })) {
    if (tensor && tensor.dtype !== 'float32') {
      fail(operation, `${name} must be float32, got ${tensor.dtype} [${tensor.shape}]`);
    }
  }
  const { x, kernel, mask, bias, vector, map } = inputs;
  if (x.rank !== 4 || x.size === 0) fail(operation, `x must be a non-empty [B, H, W, Cin], got [${x.shape}]`);
  const [, , cin, cout] = kernel.shape;
  if (kernel.rank !== 4 || kernel.size === 0 || cin !== x.shape[3] || cout % 2 !== 0) {
    fail(operation, `kernel must be a non-empty [kh, kw, ${x.shape[3]}, 2p], got [${kernel.shape}]`);
  }
  checkShape(operation, 'mask', mask, kernel.shape);
  if (bias) checkShape(operation, 'bias', bias, [cout]);
  if (vector) checkShape(operation, 'vector', vector, [x.shape[0], cout]);
  if (map) checkShape(operation, 'map', map, [...x.shape.slice(0, 3), cout]);
  checkTaps(operation, kernel.shape, taps);
}
