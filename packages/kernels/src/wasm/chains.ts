import type * as tf from '@tensorflow/tfjs';
import type { ChainAttributes, ChainInputs, KernelSet } from '../dispatch/kernelSet.js';
import { convolutionFields, writeConvolution } from './convolution.js';
import type { KernelExports } from './sideModule.js';
import type { WasmHeap } from './wasmHeap.js';

const noExecutor = 0;
/** Fields of a `pixelrnn_chain`, four bytes each. */
const chainFields = 3;

/** Chains of convolutions: a `pixelrnn_chain` and lists of addresses are written for the time of a call. */
export function chains(heap: WasmHeap, kernels: KernelExports): Pick<KernelSet, 'chain' | 'chainBackward'> {
  return {
    chain(inputs, attributes) {
      const operation = 'convolutionChain';
      const [x] = heap.addresses(inputs.x) as [number];
      const lists = [inputs.kernels, inputs.masks, inputs.biases].map((list) => heap.addresses(...list));
      return withChain(heap, operation, inputs, attributes, lists, (chain, addresses) => {
        const [kernel, mask, bias] = addresses as [number, number, number];
        const shapes = [outputShape(inputs, inputs.kernels.length - 1), [kernels.pixelrnn_chain_maps(chain)]];
        return heap.withOutputs(operation, shapes, ([y, maps]) => {
          const outputs = [maps, y] as [number, number];
          heap.withSpace(operation, kernels.pixelrnn_chain_forward_workspace(chain), (workspace) => {
            kernels.pixelrnn_chain_forward(chain, x, kernel, mask, bias, ...outputs, workspace, noExecutor);
          });
        });
      });
    },

    chainBackward(inputs, attributes) {
      const operation = 'gradient of convolutionChain';
      const given = heap.addresses(inputs.x, inputs.dy, ...inputs.saved);
      const [x, dy, maps] = given as [number, number, number];
      const count = inputs.kernels.length;
      const shapes = [
        inputs.x.shape,
        ...inputs.kernels.map(({ shape }) => shape),
        ...inputs.kernels.map(({ shape }) => [shape[3] as number]),
      ];
      const lists = [inputs.kernels, inputs.masks].map((list) => heap.addresses(...list));
      return heap.withOutputs(operation, shapes, ([dx, ...filters]) => {
        const all = [...lists, filters.slice(0, count), filters.slice(count)];
        withChain(heap, operation, inputs, attributes, all, (chain, addresses) => {
          const [kernel, mask, dkernel, dbias] = addresses as [number, number, number, number];
          heap.withSpace(operation, kernels.pixelrnn_chain_backward_workspace(chain), (workspace) => {
            kernels.pixelrnn_chain_backward(
              chain,
              x,
              kernel,
              mask,
              maps,
              dy,
              dx as number,
              dkernel,
              dbias,
              workspace,
              noExecutor,
            );
          });
        });
      });
    },
  };
}

type Convolutions = Pick<ChainInputs, 'x' | 'kernels'>;

/** The shape of the output of convolution `i`. */
function outputShape({ x, kernels }: Convolutions, i: number): number[] {
  return [...x.shape.slice(0, 3), (kernels[i] as tf.TensorInfo).shape[3] as number];
}

/** Lends `run` a `pixelrnn_chain`, and the lists of addresses. */
function withChain<Result>(
  heap: WasmHeap,
  operation: string,
  { x, kernels }: Convolutions,
  { taps, inputRelus, residuals }: ChainAttributes,
  lists: readonly number[][],
  run: (chain: number, lists: number[]) => Result,
): Result {
  const convolutions = convolutionFields * kernels.length;
  const words = chainFields + convolutions + residuals.length + lists.flat().length + taps.flat().length;
  return heap.withSpace(operation, 4 * words, (chain) => {
    let free = chain;
    const take = (count: number) => {
      const address = free;
      free += 4 * count;
      return address;
    };
    const write = (numbers: readonly number[]) => {
      const address = take(numbers.length);
      heap.integers(address).set(numbers);
      return address;
    };
    take(chainFields);
    const convs = take(convolutions);
    heap.integers(chain).set([kernels.length, convs, write(residuals)]);
    let inputShape: readonly number[] = x.shape;
    kernels.forEach(({ shape }, i) => {
      const list = taps[i] as number[];
      const attributes = { taps: list, inputRelu: inputRelus[i] as boolean, outputRelu: false };
      const conv = convs + 4 * convolutionFields * i;
      writeConvolution(heap, conv, inputShape, shape, attributes, take(list.length));
      inputShape = outputShape({ x, kernels }, i);
    });
    return run(
      chain,
      lists.map((list) => write(list)),
    );
  });
}
