import type * as tf from '@tensorflow/tfjs';
import {
  composedGatedLayer,
  type GatedLayerConvolution,
  type GatedLayerInputs,
} from '../composed/gatedLayer.js';
import { kernelsInUse } from '../dispatch/choice.js';
import { runKernel } from '../dispatch/runKernel.js';
import { checkShape, fail } from './checks.js';
import { registerGradients } from './gradients.js';
import { checkTaps, type Tap } from './taps.js';

const operation = 'gatedLayer';

/**
 * A layer of Gated PixelCNN (1606.05328, Figure 2; equations 2, 4 and 5), both stacks with all their convolutions in one:
 *
 *     [a, b] = vertical(v) + condition;                     v' = tanh(a) sigmoid(b)                      [B, H, W, p]
 *     [c, d] = horizontal(h) + link([a, b]) + condition;    h' = projection(tanh(c) sigmoid(d)) + h      [B, H, W, p]
 *
 * Convolutions are of stride 1, with zeros outside the image. Differentiable once in everything but the masks.
 *
 * @returns [v', h']
 * @throws Error naming operation and shapes where the inputs do not fit together
 */
export function gatedLayer(inputs: GatedLayerInputs): [tf.Tensor4D, tf.Tensor4D] {
  check(inputs);
  return kernelsInUse() === 'composed' ? composedGatedLayer(inputs) : fused(inputs);
}

function fused(inputs: GatedLayerInputs): [tf.Tensor4D, tf.Tensor4D] {
  const { v, h, vertical, link, horizontal, projection, residual, vector, map } = inputs;
  const convolutions = [vertical, link, horizontal, projection];
  const list = (field: 'kernel' | 'mask' | 'bias', plural: string) =>
    Object.fromEntries(convolutions.map((convolution, i) => [`${plural}/${i}`, convolution[field]]));
  registerGradients();
  const [nextV, nextH, sums, halves] = runKernel(
    operation,
    {
      ...{ v, h },
      ...{ ...list('kernel', 'kernels'), ...list('mask', 'masks'), ...list('bias', 'biases') },
      ...(vector && { vector }),
      ...(map && { map }),
    },
    {
      taps: [vertical, link, horizontal].map(({ taps }) => flat(taps)),
      residual,
      vectorGradient: vector !== undefined,
      mapGradient: map !== undefined,
    },
  ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor, tf.Tensor];
  // Where there are gradients, TensorFlow.js has saved copies of them.
  sums.dispose();
  halves.dispose();
  return [nextV, nextH];
}

const flat = (taps: readonly Tap[]) => taps.flatMap(({ row, column }) => [row, column]);

function check(inputs: GatedLayerInputs): void {
  const { v, h, vertical, link, horizontal, projection, residual, vector, map } = inputs;
  for (const [name, tensor] of Object.entries({ v, h, vector, map })) checkType(name, tensor);
  if (v.rank !== 4 || v.size === 0)
    fail(operation, `v must be a non-empty [B, H, W, channels], got [${v.shape}]`);
  const pixels = v.shape.slice(0, 3);
  const left = h.shape[3];
  if (h.rank !== 4 || left === 0 || h.shape.slice(0, 3).join() !== pixels.join()) {
    fail(operation, `h must be a non-empty [${pixels}, channels], got [${h.shape}]`);
  }
  const sums = vertical.kernel.shape[3];
  if (vertical.kernel.rank === 4 && sums % 2 !== 0) {
    fail(
      operation,
      `the vertical kernel must be [kh, kw, ${v.shape[3]}, 2p], got [${vertical.kernel.shape}]`,
    );
  }
  checkConvolution('vertical', vertical, v.shape[3], sums);
  checkConvolution('link', link, sums, sums);
  checkConvolution('horizontal', horizontal, left, sums);
  checkShape(operation, 'the projection kernel', projection.kernel, [1, 1, sums / 2, sums / 2]);
  const taps = [{ row: 0, column: 0 }];
  checkConvolution('projection', { ...projection, taps }, sums / 2, sums / 2);
  if (residual && left !== sums / 2) {
    fail(operation, `h must have ${sums / 2} channels where it is added, got [${h.shape}]`);
  }
  if (vector) checkShape(operation, 'vector', vector, [v.shape[0], 2 * sums]);
  if (map) checkShape(operation, 'map', map, [...pixels, 2 * sums]);
}

function checkConvolution(
  name: string,
  { kernel, mask, bias, taps }: GatedLayerConvolution,
  cin: number,
  cout: number,
): void {
  for (const [what, tensor] of Object.entries({ kernel, mask, bias }))
    checkType(`the ${name} ${what}`, tensor);
  if (kernel.rank !== 4 || kernel.size === 0 || kernel.shape[2] !== cin || kernel.shape[3] !== cout) {
    fail(
      operation,
      `the ${name} kernel must be a non-empty [kh, kw, ${cin}, ${cout}], got [${kernel.shape}]`,
    );
  }
  checkShape(operation, `the ${name} mask`, mask, kernel.shape);
  checkShape(operation, `the ${name} bias`, bias, [cout]);
  checkTaps(operation, kernel.shape, taps);
}

function checkType(name: string, tensor: tf.Tensor | undefined): void {
  if (tensor && tensor.dtype !== 'float32') {
    fail(operation, `${name} must be float32, got ${tensor.dtype} [${tensor.shape}]`);
  }
}
