import type * as tf from '@tensorflow/tfjs';
import { countOf, type TensorflowOps } from '../native/tensorflowBackend.js';
import { withMemory } from '../wasm/callMemory.js';
import type { Kernels } from '../wasm/kernelsHeader.js';
import type { WasmHeap } from '../wasm/wasmHeap.js';
import { convFields } from './convFields.js';

interface GatedConvInputs {
  x: tf.TensorInfo;
  kernel: tf.TensorInfo;
  mask: tf.TensorInfo;
  bias?: tf.TensorInfo;
  vector?: tf.TensorInfo;
  map?: tf.TensorInfo;
}

interface GatedConvBackwardInputs extends Pick<GatedConvInputs, 'x' | 'kernel' | 'mask'> {
  halves: tf.TensorInfo;
  dy: tf.TensorInfo;
}

type GatedConvAttributes = {
  /** Row and column of each live tap, flattened. */
  taps: number[];
};

/** For each optional input, none or one. */
type GatedConvBackwardAttributes = GatedConvAttributes & {
  biases: number;
  vectors: number;
  maps: number;
};

export interface GatedConvKernels {
  /** y [B, H, W, p], and tanh and sigmoid [B, H, W, 2p] */
  gatedConv2d(inputs: GatedConvInputs, attributes: GatedConvAttributes): tf.TensorInfo[];
  /** dx, dkernel, and those of bias, vector and map that were given */
  gatedConv2dBackward(
    inputs: GatedConvBackwardInputs,
    attributes: GatedConvBackwardAttributes,
  ): tf.TensorInfo[];
}

export function nativeGatedConv(ops: TensorflowOps): GatedConvKernels {
  return {
    gatedConv2d({ x, kernel, mask, bias, vector, map }, { taps }) {
      const counts = { biases: countOf(bias), vectors: countOf(vector), maps: countOf(map) };
      return ops.run('gatedConv2d', { taps, ...counts }, [x, kernel, mask, bias, vector, map], 2);
    },

    gatedConv2dBackward({ x, kernel, mask, halves, dy }, { taps, biases, vectors, maps }) {
      const outputs = 2 + biases + vectors + maps;
      const inputs = [x, kernel, mask, halves, dy];
      return ops.run('gatedConv2dBackward', { taps, biases, vectors, maps }, inputs, outputs);
    },
  };
}

const noActivations = { inputRelu: false, outputRelu: false };

export function wasmGatedConv(heap: WasmHeap, kernels: Kernels): GatedConvKernels {
  return {
    gatedConv2d({ x, kernel, mask, bias, vector, map }, { taps }) {
      return withMemory(heap, 'gatedConv2d', (memory) => {
        const fields = convFields(memory, x.shape, kernel.shape, { taps, ...noActivations });
        const conv = memory.struct('pixelrnn_conv', fields);
        const pixels = x.shape.slice(0, 3);
        const shapes = { y: [...pixels, fields.cout / 2], halves: [...pixels, fields.cout] };
        return memory.outputs(shapes, (outputs) => {
          kernels.pixelrnn_gated_conv_forward({
            conv,
            ...heap.addresses({ x, kernel, mask, bias, vector, map }),
            ...outputs,
            workspace: memory.space(kernels.pixelrnn_gated_conv_forward_workspace({ conv })),
          });
        });
      });
    },

    gatedConv2dBackward({ x, kernel, mask, halves, dy }, { taps, biases, vectors, maps }) {
      return withMemory(heap, 'gradient of gatedConv2d', (memory) => {
        const fields = convFields(memory, x.shape, kernel.shape, { taps, ...noActivations });
        const conv = memory.struct('pixelrnn_conv', fields);
        const shapes = {
          dx: x.shape,
          dkernel: kernel.shape,
          dbias: biases ? [fields.cout] : undefined,
          dvector: vectors ? [fields.batch, fields.cout] : undefined,
          dmap: maps ? halves.shape : undefined,
        };
        return memory.outputs(shapes, (gradients) => {
          kernels.pixelrnn_gated_conv_backward({
            conv,
            ...heap.addresses({ x, kernel, mask, halves, dy }),
            ...gradients,
            workspace: memory.space(kernels.pixelrnn_gated_conv_backward_workspace({ conv })),
          });
        });
      });
    },
  };
}
