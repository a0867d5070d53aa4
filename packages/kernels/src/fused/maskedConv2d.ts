import type * as tf from '@tensorflow/tfjs';
import { countOf, type TensorflowOps } from '../native/tensorflowBackend.js';
import { withMemory } from '../wasm/callMemory.js';
import type { Kernels } from '../wasm/kernelsHeader.js';
import type { WasmHeap } from '../wasm/wasmHeap.js';
import { type ConvAttributes, convFields } from './convFields.js';

interface ConvInputs {
  x: tf.TensorInfo;
  kernel: tf.TensorInfo;
  mask: tf.TensorInfo;
  bias?: tf.TensorInfo;
  residual?: tf.TensorInfo;
}

interface ConvBackwardInputs {
  x: tf.TensorInfo;
  kernel: tf.TensorInfo;
  mask: tf.TensorInfo;
  /** The forward output, given where `outputRelu` is set. */
  y?: tf.TensorInfo;
  dy: tf.TensorInfo;
}

export type ConvBackwardAttributes = ConvAttributes & {
  /** Compute dx too; the first layer of a network needs none. */
  inputGradient: boolean;
  biasGradient: boolean;
};

export interface ConvKernels {
  /** y [B, H, W, Cout] */
  maskedConv2d(inputs: ConvInputs, attributes: ConvAttributes): tf.TensorInfo[];
  /** dx if asked for, dkernel, dbias if asked for */
  maskedConv2dBackward(inputs: ConvBackwardInputs, attributes: ConvBackwardAttributes): tf.TensorInfo[];
}

export function nativeConv(ops: TensorflowOps): ConvKernels {
  const convolution = ({ taps, inputRelu, outputRelu }: ConvAttributes) => ({
    taps,
    input_relu: inputRelu,
    output_relu: outputRelu,
  });
  return {
    maskedConv2d({ x, kernel, mask, bias, residual }, attributes) {
      const counts = { biases: countOf(bias), residuals: countOf(residual) };
      const inputs = [x, kernel, mask, bias, residual];
      return ops.run('maskedConv2d', { ...convolution(attributes), ...counts }, inputs, 1);
    },

    maskedConv2dBackward({ x, kernel, mask, y, dy }, attributes) {
      const { inputGradient, biasGradient } = attributes;
      const counts = {
        outputs: countOf(y),
        input_gradients: Number(inputGradient),
        bias_gradients: Number(biasGradient),
      };
      return ops.run(
        'maskedConv2dBackward',
        { ...convolution(attributes), ...counts },
        [x, kernel, mask, dy, y],
        1 + counts.input_gradients + counts.bias_gradients,
      );
    },
  };
}

export function wasmConv(heap: WasmHeap, kernels: Kernels): ConvKernels {
  return {
    maskedConv2d({ x, kernel, mask, bias, residual }, attributes) {
      return withMemory(heap, 'maskedConv2d', (memory) => {
        const conv = memory.struct('pixelrnn_conv', convFields(memory, x.shape, kernel.shape, attributes));
        const shapes = { y: [...x.shape.slice(0, 3), kernel.shape[3] as number] };
        return memory.outputs(shapes, ({ y }) => {
          kernels.pixelrnn_conv_forward({
            conv,
            ...heap.addresses({ x, kernel, mask, bias, residual }),
            y,
            workspace: memory.space(kernels.pixelrnn_conv_forward_workspace({ conv })),
          });
        });
      });
    },

    maskedConv2dBackward({ x, kernel, mask, y, dy }, attributes) {
      return withMemory(heap, 'gradient of maskedConv2d', (memory) => {
        const conv = memory.struct('pixelrnn_conv', convFields(memory, x.shape, kernel.shape, attributes));
        const shapes = {
          dx: attributes.inputGradient ? x.shape : undefined,
          dkernel: kernel.shape,
          dbias: attributes.biasGradient ? [kernel.shape[3] as number] : undefined,
        };
        return memory.outputs(shapes, (gradients) => {
          kernels.pixelrnn_conv_backward({
            conv,
            ...heap.addresses({ x, kernel, mask, y, dy }),
            ...gradients,
            workspace: memory.space(kernels.pixelrnn_conv_backward_workspace({ conv })),
          });
        });
      });
    },
  };
}
