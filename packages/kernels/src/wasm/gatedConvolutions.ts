import type { FusedKernelSet } from '../dispatch/kernelSet.js';
import { withConvolution } from './convolution.js';
import type { KernelExports } from './sideModule.js';
import type { WasmHeap } from './wasmHeap.js';

const noExecutor = 0;
const noActivations = { inputRelu: false, outputRelu: false };

type Four = [number, number, number, number];
type Five = [...Four, number];
type Six = [...Five, number];

/** Gated units. */
export function gatedConvolutions(
  heap: WasmHeap,
  kernels: KernelExports,
): Pick<FusedKernelSet, 'gatedConv2d' | 'gatedConv2dBackward'> {
  return {
    gatedConv2d(inputs, { taps }) {
      const operation = 'gatedConv2d';
      const { x, kernel, mask, bias, vector, map } = inputs;
      const cout = kernel.shape[3] as number;
      const pixels = x.shape.slice(0, 3);
      const given = heap.addresses(x, kernel, mask, bias, vector, map) as Six;
      const shapes = [
        [...pixels, cout / 2],
        [...pixels, cout],
      ];
      return heap.withOutputs(operation, shapes, ([y, halves]) => {
        const outputs = [halves, y] as [number, number];
        withConvolution(heap, operation, inputs, { taps, ...noActivations }, (conv) => {
          heap.withSpace(operation, kernels.pixelrnn_gated_conv_forward_workspace(conv), (workspace) => {
            kernels.pixelrnn_gated_conv_forward(conv, ...given, ...outputs, workspace, noExecutor);
          });
        });
      });
    },

    gatedConv2dBackward(inputs, { taps, biases, vectors, maps }) {
      const operation = 'gradient of gatedConv2d';
      const { x, kernel, mask, halves, dy } = inputs;
      const cout = kernel.shape[3] as number;
      const given = heap.addresses(x, kernel, mask, halves, dy) as Five;
      const shapes = [
        x.shape,
        kernel.shape,
        ...(biases ? [[cout]] : []),
        ...(vectors ? [[x.shape[0] as number, cout]] : []),
        ...(maps ? [halves.shape] : []),
      ];
      return heap.withOutputs(operation, shapes, ([dx, dkernel, ...others]) => {
        const next = (there: number) => (there ? (others.shift() as number) : 0);
        const outputs = [dx, dkernel, next(biases), next(vectors), next(maps)] as Five;
        withConvolution(heap, operation, inputs, { taps, ...noActivations }, (conv) => {
          heap.withSpace(operation, kernels.pixelrnn_gated_conv_backward_workspace(conv), (workspace) => {
            kernels.pixelrnn_gated_conv_backward(conv, ...given, ...outputs, workspace, noExecutor);
          });
        });
      });
    },
  };
}
