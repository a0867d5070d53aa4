import type * as tf from '@tensorflow/tfjs';
import type { BlockAttributes, BlockInputs, KernelSet } from '../kernelSet.js';
import { convolutionFields, writeConvolution } from './convolution.js';
import type { KernelExports } from './sideModule.js';
import type { WasmHeap } from './wasmHeap.js';

const noExecutor = 0;

/** Residual blocks: three `pixelrnn_conv` and lists of addresses are written for the time of a call. */
export function blocks(
  heap: WasmHeap,
  kernels: KernelExports,
): Pick<KernelSet, 'residualBlock' | 'residualBlockBackward'> {
  return {
    residualBlock(inputs, attributes) {
      const operation = 'residualBlock';
      const [x] = heap.addresses(inputs.x) as [number];
      const shapes = [inputs.x.shape, hiddenShape(inputs, 0), hiddenShape(inputs, 1)];
      const lists = [inputs.kernels, inputs.masks, inputs.biases].map((list) => heap.addresses(...list));
      return heap.withOutputs(operation, shapes, ([y, hidden1, hidden2]) => {
        const outputs = [hidden1, hidden2, y] as [number, number, number];
        withBlock(heap, operation, inputs, attributes, lists, (convs, [kernel, mask, bias]) => {
          heap.withSpace(operation, kernels.pixelrnn_block_forward_workspace(convs), (workspace) => {
            kernels.pixelrnn_block_forward(convs, x, kernel, mask, bias, ...outputs, workspace, noExecutor);
          });
        });
      });
    },

    residualBlockBackward(inputs, attributes) {
      const operation = 'gradient of residualBlock';
      const [x] = heap.addresses(inputs.x) as [number];
      const given = heap.addresses(...inputs.hidden, inputs.dy) as [number, number, number];
      const shapes = [
        inputs.x.shape,
        ...inputs.kernels.flatMap((kernel, i) => [kernel.shape, (inputs.biases[i] as tf.TensorInfo).shape]),
      ];
      return heap.withOutputs(operation, shapes, ([dx, ...filters]) => {
        const parity = (odd: number) => filters.filter((_, i) => i % 2 === odd);
        const lists = [
          heap.addresses(...inputs.kernels),
          heap.addresses(...inputs.masks),
          parity(0),
          parity(1),
        ];
        withBlock(heap, operation, inputs, attributes, lists, (convs, [kernel, mask, dkernel, dbias]) => {
          heap.withSpace(operation, kernels.pixelrnn_block_backward_workspace(convs), (workspace) => {
            const outputs = [dx as number, dkernel, dbias as number] as const;
            kernels.pixelrnn_block_backward(
              convs,
              x,
              kernel,
              mask,
              ...given,
              ...outputs,
              workspace,
              noExecutor,
            );
          });
        });
      });
    },
  };
}

/** The shape of the output of convolution `i`. */
function hiddenShape({ x, kernels }: BlockInputs, i: number): number[] {
  return [...x.shape.slice(0, 3), (kernels[i] as tf.TensorInfo).shape[3] as number];
}

/** Lends `run` three `pixelrnn_conv`, and the lists of three addresses. */
function withBlock(
  heap: WasmHeap,
  operation: string,
  { x, kernels }: BlockInputs,
  { taps }: BlockAttributes,
  lists: readonly number[][],
  run: (convs: number, lists: [number, number, number, number?]) => void,
): void {
  const structs = 4 * convolutionFields * kernels.length;
  const pointers = 4 * lists.flat().length;
  heap.withSpace(operation, structs + pointers + 4 * taps.flat().length, (convs) => {
    const first = convs + structs;
    heap.integers(first).set(lists.flat());
    let tapsAddress = first + pointers;
    kernels.forEach(({ shape }, i) => {
      const list = taps[i] as number[];
      const attributes = { taps: list, inputRelu: true, outputRelu: false };
      writeConvolution(heap, convs + 4 * convolutionFields * i, x.shape, shape, attributes, tapsAddress);
      tapsAddress += 4 * list.length;
    });
    let address = first;
    const addresses = lists.map((list) => {
      const at = address;
      address += 4 * list.length;
      return at;
    });
    run(convs, addresses as [number, number, number, number?]);
  });
}
