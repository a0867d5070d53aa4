import type * as tf from '@tensorflow/tfjs';
import type { TensorflowOps } from '../native/tensorflowBackend.js';
import { type CallMemory, withMemory } from '../wasm/callMemory.js';
import type { Address, Kernels } from '../wasm/kernelsHeader.js';
import type { WasmHeap } from '../wasm/wasmHeap.js';
import { convFields } from './convFields.js';

/** Each list: one tensor for the vertical convolution, the link, the horizontal convolution and the projection. */
interface GatedLayerTensors {
  v: tf.TensorInfo;
  h: tf.TensorInfo;
  kernels: tf.TensorInfo[];
  masks: tf.TensorInfo[];
}

interface GatedLayerForwardInputs extends GatedLayerTensors {
  biases: tf.TensorInfo[];
  vector?: tf.TensorInfo;
  map?: tf.TensorInfo;
}

interface GatedLayerBackwardInputs extends GatedLayerTensors {
  sums: tf.TensorInfo;
  halves: tf.TensorInfo;
  /** Gradients of v' and h'. */
  nextV: tf.TensorInfo;
  nextH: tf.TensorInfo;
}

export type GatedLayerAttributes = {
  /** Row and column of each live tap, flattened: of the vertical convolution, the link and the horizontal convolution. */
  taps: number[][];
  residual: boolean;
  /** Whether there is a vector, and a map, whose gradients are then wanted. */
  vectorGradient: boolean;
  mapGradient: boolean;
};

export interface GatedLayerKernels {
  /** v', h', and for the backward pass sums and halves */
  gatedLayer(inputs: GatedLayerForwardInputs, attributes: GatedLayerAttributes): tf.TensorInfo[];
  /** dv and dh if wanted, four dkernels, four dbiases, dvector and dmap if wanted */
  gatedLayerBackward(
    inputs: GatedLayerBackwardInputs,
    attributes: GatedLayerAttributes & { inputGradients: boolean },
  ): tf.TensorInfo[];
}

export function nativeGatedLayer(ops: TensorflowOps): GatedLayerKernels {
  const layer = ({ taps, residual, vectorGradient, mapGradient }: GatedLayerAttributes) => ({
    count: 4,
    vertical_taps: taps[0] as number[],
    link_taps: taps[1] as number[],
    horizontal_taps: taps[2] as number[],
    residual,
    vectors: Number(vectorGradient),
    maps: Number(mapGradient),
  });
  return {
    gatedLayer({ v, h, kernels, masks, biases, vector, map }, attributes) {
      const inputs = [v, h, ...kernels, ...masks, ...biases, vector, map];
      return ops.run('gatedLayer', layer(attributes), inputs, 4);
    },

    gatedLayerBackward({ v, h, kernels, masks, sums, halves, nextV, nextH }, attributes) {
      const given = layer(attributes);
      const inputs = attributes.inputGradients ? 2 : 0;
      const outputs = inputs + 2 * given.count + given.vectors + given.maps;
      const tensors = [v, h, ...kernels, ...masks, sums, halves, nextV, nextH];
      return ops.run('gatedLayerBackward', { ...given, inputs }, tensors, outputs);
    },
  };
}

export function wasmGatedLayer(heap: WasmHeap, kernels: Kernels): GatedLayerKernels {
  const list = (memory: CallMemory, tensors: readonly tf.TensorInfo[]) =>
    memory.list(tensors.map((tensor) => heap.address(tensor)));
  return {
    gatedLayer(inputs, attributes) {
      return withMemory(heap, 'gatedLayer', (memory) => {
        const { v, h, vector, map } = inputs;
        const { layer, maps, sums } = layerStruct(memory, inputs, attributes);
        return memory.outputs({ nextV: maps, nextH: maps, sums, halves: sums }, (outputs) => {
          kernels.pixelrnn_gated_layer_forward({
            layer,
            ...heap.addresses({ v, h, vector, map }),
            kernels: list(memory, inputs.kernels),
            masks: list(memory, inputs.masks),
            biases: list(memory, inputs.biases),
            ...outputs,
            workspace: memory.space(kernels.pixelrnn_gated_layer_forward_workspace({ layer })),
          });
        });
      });
    },

    gatedLayerBackward(inputs, attributes) {
      return withMemory(heap, 'gradient of gatedLayer', (memory) => {
        const { v, h, sums, halves, nextV, nextH } = inputs;
        const { layer, both } = layerStruct(memory, inputs, attributes);
        const { inputGradients, vectorGradient, mapGradient } = attributes;
        const shapes = [
          ...(inputGradients ? [v.shape, h.shape] : []),
          ...inputs.kernels.map(({ shape }) => shape),
          ...inputs.kernels.map(({ shape }) => [shape[3] as number]),
          ...(vectorGradient ? [[both[0] as number, both[3] as number]] : []),
          ...(mapGradient ? [both] : []),
        ];
        return memory.outputList(shapes, (outputs) => {
          const next = () => outputs.shift() as Address;
          const [dv, dh] = inputGradients ? [next(), next()] : [0, 0];
          kernels.pixelrnn_gated_layer_backward({
            layer,
            ...heap.addresses({ v, h, sums, halves }),
            kernels: list(memory, inputs.kernels),
            masks: list(memory, inputs.masks),
            dnextV: heap.address(nextV),
            dnextH: heap.address(nextH),
            dv,
            dh,
            dkernels: memory.list(outputs.splice(0, 4)),
            dbiases: memory.list(outputs.splice(0, 4)),
            dvector: vectorGradient ? next() : 0,
            dmap: mapGradient ? next() : 0,
            workspace: memory.space(kernels.pixelrnn_gated_layer_backward_workspace({ layer })),
          });
        });
      });
    },
  };
}

/** The struct, and the shapes of the stacks' maps, of one stack's sums, and of both stacks' together. */
function layerStruct(
  memory: CallMemory,
  { v, h, kernels }: GatedLayerTensors,
  { taps, residual }: GatedLayerAttributes,
): { layer: Address; maps: number[]; sums: number[]; both: number[] } {
  const columns = (kernels[0] as tf.TensorInfo).shape[3] as number;
  const [maps, sums, both] = [columns / 2, columns, 2 * columns].map((channels) => [
    ...v.shape.slice(0, 3),
    channels,
  ]) as [number[], number[], number[]];
  const conv = (x: number[], i: number, taps: number[]) =>
    convFields(memory, x, (kernels[i] as tf.TensorInfo).shape, { taps, inputRelu: false, outputRelu: false });
  const layer = memory.struct('pixelrnn_gated_layer', {
    vertical: conv(v.shape, 0, taps[0] as number[]),
    link: conv(sums, 1, taps[1] as number[]),
    horizontal: conv(h.shape, 2, taps[2] as number[]),
    projection: conv(maps, 3, [0, 0]),
    residual,
  });
  return { layer, maps, sums, both };
}
