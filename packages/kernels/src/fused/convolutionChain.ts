import type * as tf from '@tensorflow/tfjs';
import type { TensorflowOps } from '../native/tensorflowBackend.js';
import { type CallMemory, withMemory } from '../wasm/callMemory.js';
import type { Address, Kernels } from '../wasm/kernelsHeader.js';
import type { WasmHeap } from '../wasm/wasmHeap.js';
import { convFields } from './convFields.js';

/** Each list: one tensor for each convolution. */
interface ChainInputs {
  x: tf.TensorInfo;
  kernels: tf.TensorInfo[];
  masks: tf.TensorInfo[];
  biases: tf.TensorInfo[];
}

interface ChainBackwardInputs extends Omit<ChainInputs, 'biases'> {
  /** What `convolutionChain` gave behind y; of one convolution, composed kernels give nothing. */
  saved: tf.TensorInfo[];
  dy: tf.TensorInfo;
}

/** Each list: one entry for each convolution. */
export type ChainAttributes = {
  /** Row and column of each live tap, flattened. */
  taps: number[][];
  inputRelus: boolean[];
  /** The convolution whose input is added to the output, or -1. */
  residuals: number[];
};

export interface ChainKernels {
  /** y, then what the backward pass needs of the maps between */
  convolutionChain(inputs: ChainInputs, attributes: ChainAttributes): tf.TensorInfo[];
  /** dx, then all dkernels, then all dbiases */
  convolutionChainBackward(inputs: ChainBackwardInputs, attributes: ChainAttributes): tf.TensorInfo[];
}

export function nativeChain(ops: TensorflowOps): ChainKernels {
  const chain = ({ taps, inputRelus, residuals }: ChainAttributes) => ({
    count: taps.length,
    taps: taps.flat(),
    tap_counts: taps.map((list) => list.length / 2),
    input_relus: inputRelus.map(Number),
    residuals,
  });
  return {
    convolutionChain({ x, kernels, masks, biases }, attributes) {
      return ops.run('convolutionChain', chain(attributes), [x, ...kernels, ...masks, ...biases], 2);
    },

    convolutionChainBackward({ x, kernels, masks, saved, dy }, attributes) {
      const inputs = [x, dy, ...saved, ...kernels, ...masks];
      return ops.run('convolutionChainBackward', chain(attributes), inputs, 1 + 2 * kernels.length);
    },
  };
}

export function wasmChain(heap: WasmHeap, kernels: Kernels): ChainKernels {
  const addresses = (memory: CallMemory, tensors: readonly tf.TensorInfo[]) =>
    memory.list(tensors.map((tensor) => heap.address(tensor)));
  return {
    convolutionChain(inputs, attributes) {
      return withMemory(heap, 'convolutionChain', (memory) => {
        const chain = chainStruct(memory, inputs, attributes);
        const shapes = {
          y: outputShape(inputs, inputs.kernels.length - 1),
          maps: [kernels.pixelrnn_conv_chain_maps({ chain })],
        };
        return memory.outputs(shapes, ({ y, maps }) => {
          kernels.pixelrnn_conv_chain_forward({
            chain,
            x: heap.address(inputs.x),
            kernels: addresses(memory, inputs.kernels),
            masks: addresses(memory, inputs.masks),
            biases: addresses(memory, inputs.biases),
            maps,
            y,
            workspace: memory.space(kernels.pixelrnn_conv_chain_forward_workspace({ chain })),
          });
        });
      });
    },

    convolutionChainBackward(inputs, attributes) {
      return withMemory(heap, 'gradient of convolutionChain', (memory) => {
        const chain = chainStruct(memory, inputs, attributes);
        const shapes = inputs.kernels.map(({ shape }) => shape);
        const biasShapes = shapes.map((shape) => [shape[3] as number]);
        const count = shapes.length;
        return memory.outputList([inputs.x.shape, ...shapes, ...biasShapes], ([dx, ...filters]) => {
          kernels.pixelrnn_conv_chain_backward({
            chain,
            ...heap.addresses({ x: inputs.x, maps: inputs.saved[0], dy: inputs.dy }),
            kernels: addresses(memory, inputs.kernels),
            masks: addresses(memory, inputs.masks),
            dx: dx as Address,
            dkernels: memory.list(filters.slice(0, count)),
            dbiases: memory.list(filters.slice(count)),
            workspace: memory.space(kernels.pixelrnn_conv_chain_backward_workspace({ chain })),
          });
        });
      });
    },
  };
}

type Convolutions = Pick<ChainInputs, 'x' | 'kernels'>;

/** The shape of the output of convolution `i`; of -1, the shape of x. */
function outputShape({ x, kernels }: Convolutions, i: number): number[] {
  return i < 0 ? x.shape : [...x.shape.slice(0, 3), (kernels[i] as tf.TensorInfo).shape[3] as number];
}

function chainStruct(
  memory: CallMemory,
  inputs: Convolutions,
  { taps, inputRelus, residuals }: ChainAttributes,
): Address {
  const convs = inputs.kernels.map(({ shape }, i) =>
    convFields(memory, outputShape(inputs, i - 1), shape, {
      taps: taps[i] as number[],
      inputRelu: inputRelus[i] as boolean,
      outputRelu: false,
    }),
  );
  return memory.struct('pixelrnn_conv_chain', {
    count: convs.length,
    convs: memory.array('pixelrnn_conv', convs),
    residuals: memory.list(residuals),
  });
}
