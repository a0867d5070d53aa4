import * as tf from '@tensorflow/tfjs';
import type { CrossEntropyInputs, FusedKernelSet, KernelSet, Unavailable } from '../dispatch/kernelSet.js';
import { chains } from './chains.js';
import { withConvolution } from './convolution.js';
import { gatedConvolutions } from './gatedConvolutions.js';
import { recurrentLayers } from './recurrentLayers.js';
import { type KernelExports, startKernels } from './sideModule.js';
import { type WasmBackend, WasmHeap } from './wasmHeap.js';

/** The operations as WebAssembly on the heap of TensorFlow.js' WASM backend, or why there are none. */
export function wasmKernels(backend: object): FusedKernelSet | Unavailable {
  try {
    const heap = new WasmHeap(backend as WasmBackend);
    const kernels = startKernels(heap);
    return {
      kind: 'wasm',
      ...convolutions(heap, kernels),
      ...chains(heap, kernels),
      ...gatedConvolutions(heap, kernels),
      ...recurrentLayers(heap, kernels),
      ...entropies(heap, kernels),
      ...optimisers(heap, kernels),
    };
  } catch (error) {
    return { unavailable: `they do not start: ${(error as Error).message}` };
  }
}

const noExecutor = 0;

type Two = [number, number];
type Three = [...Two, number];
type Four = [...Three, number];
type Five = [...Four, number];

function convolutions(
  heap: WasmHeap,
  kernels: KernelExports,
): Pick<KernelSet, 'maskedConv2d' | 'maskedConv2dBackward'> {
  return {
    maskedConv2d(inputs, attributes) {
      const { x, kernel, mask, bias, residual } = inputs;
      const operation = 'maskedConv2d';
      const shape = [...x.shape.slice(0, 3), kernel.shape[3] as number];
      const given = heap.addresses(x, kernel, mask, bias, residual) as Five;
      const [y] = heap.withOutputs(operation, [shape], ([y]) => {
        withConvolution(heap, operation, inputs, attributes, (conv) => {
          heap.withSpace(operation, kernels.pixelrnn_conv_forward_workspace(conv), (workspace) => {
            kernels.pixelrnn_conv_forward(conv, ...given, y as number, workspace, noExecutor);
          });
        });
      });
      return y as tf.TensorInfo;
    },

    maskedConv2dBackward(inputs, attributes) {
      const { x, kernel, mask, y, dy } = inputs;
      const { inputGradient, biasGradient } = attributes;
      const operation = 'gradient of maskedConv2d';
      const shapes = [
        ...(inputGradient ? [x.shape] : []),
        kernel.shape,
        ...(biasGradient ? [[kernel.shape[3] as number]] : []),
      ];
      const given = heap.addresses(x, kernel, mask, y, dy) as Five;
      return heap.withOutputs(operation, shapes, (outputs) => {
        const [dx, dkernel, dbias = 0] = (inputGradient ? outputs : [0, ...outputs]) as [
          number,
          number,
          number?,
        ];
        withConvolution(heap, operation, inputs, attributes, (conv) => {
          heap.withSpace(operation, kernels.pixelrnn_conv_backward_workspace(conv), (workspace) => {
            kernels.pixelrnn_conv_backward(conv, ...given, dx, dkernel, dbias, workspace, noExecutor);
          });
        });
      });
    },
  };
}

function entropies(
  heap: WasmHeap,
  kernels: KernelExports,
): Pick<
  KernelSet,
  | 'softmaxCrossEntropy'
  | 'softmaxCrossEntropyBackward'
  | 'bernoulliCrossEntropy'
  | 'bernoulliCrossEntropyBackward'
> {
  return {
    softmaxCrossEntropy(inputs) {
      const operation = 'softmaxCrossEntropy';
      const { batch, perImage, levels } = sizesOf(inputs);
      const given = heap.addresses(inputs.logits, inputs.labels) as Two;
      return heap.withOutputs(operation, [[batch], inputs.labels.shape], (outputs) => {
        const addresses = [...given, ...(outputs as Two)] as const;
        const wrong = kernels.pixelrnn_softmax_cross_entropy_forward(
          batch,
          perImage,
          levels,
          ...addresses,
          noExecutor,
        );
        if (wrong >= 0) throw labelError(heap, operation, inputs, levels, wrong);
      });
    },

    softmaxCrossEntropyBackward(inputs) {
      const { logits, labels, normaliser, dnats } = inputs;
      const { batch, perImage, levels } = sizesOf(inputs);
      const given = heap.addresses(logits, labels, normaliser, dnats) as Four;
      const [dlogits] = heap.withOutputs('gradient of softmaxCrossEntropy', [logits.shape], ([dlogits]) => {
        const addresses = [...given, dlogits as number] as const;
        kernels.pixelrnn_softmax_cross_entropy_backward(batch, perImage, levels, ...addresses, noExecutor);
      });
      return dlogits as tf.TensorInfo;
    },

    bernoulliCrossEntropy(inputs) {
      const operation = 'bernoulliCrossEntropy';
      const { batch, perImage } = sizesOf(inputs);
      const given = heap.addresses(inputs.logits, inputs.labels) as Two;
      const [nats] = heap.withOutputs(operation, [[batch]], ([nats]) => {
        const addresses = [...given, nats as number] as const;
        const wrong = kernels.pixelrnn_bernoulli_cross_entropy_forward(
          batch,
          perImage,
          ...addresses,
          noExecutor,
        );
        if (wrong >= 0) throw labelError(heap, operation, inputs, 2, wrong);
      });
      return nats as tf.TensorInfo;
    },

    bernoulliCrossEntropyBackward(inputs) {
      const { logits, labels, dnats } = inputs;
      const { batch, perImage } = sizesOf(inputs);
      const given = heap.addresses(logits, labels, dnats) as Three;
      const [dlogits] = heap.withOutputs('gradient of bernoulliCrossEntropy', [logits.shape], ([dlogits]) => {
        const addresses = [...given, dlogits as number] as const;
        kernels.pixelrnn_bernoulli_cross_entropy_backward(batch, perImage, ...addresses, noExecutor);
      });
      return dlogits as tf.TensorInfo;
    },
  };
}

function sizesOf({ logits, labels }: CrossEntropyInputs): {
  batch: number;
  perImage: number;
  levels: number;
} {
  const [batch] = labels.shape as [number];
  const levels = logits.shape[logits.shape.length - 1] as number;
  return { batch, perImage: tf.util.sizeFromShape(labels.shape) / batch, levels };
}

function labelError(
  heap: WasmHeap,
  operation: string,
  { labels }: CrossEntropyInputs,
  levels: number,
  position: number,
): Error {
  const [address] = heap.addresses(labels) as [number];
  return new Error(
    `${operation}: label ${heap.integers(address)[position]} at position ${position} ` +
      `of labels [${labels.shape}] lies outside 0 .. ${levels - 1}`,
  );
}

function optimisers(heap: WasmHeap, kernels: KernelExports): Pick<KernelSet, 'rmsProp' | 'adam'> {
  /** Calls `run` for each parameter with its number of elements, then inputs, then outputs, list by list. */
  const update = (
    operation: string,
    lists: readonly (readonly tf.TensorInfo[])[],
    run: (elements: number, addresses: number[]) => void,
  ): tf.TensorInfo[] => {
    const parameters = lists[1] as tf.TensorInfo[];
    const shapes = lists.slice(1).flatMap((list) => list.map(({ shape }) => shape));
    return heap.withOutputs(operation, shapes, (outputs) => {
      parameters.forEach(({ shape }, i) => {
        const inputs = heap.addresses(...lists.map((list) => list[i]));
        const replaced = outputs.filter((_, o) => o % parameters.length === i);
        run(tf.util.sizeFromShape(shape), [...inputs, ...replaced]);
      });
    });
  };

  return {
    rmsProp(lists, { rate, decay, epsilon }) {
      return update('rmsPropUpdate', lists, (elements, addresses) => {
        kernels.pixelrnn_rmsprop(elements, rate, decay, epsilon, ...(addresses as Five));
      });
    },

    adam(lists, { rate, beta1, beta2, epsilon, step }) {
      return update('adamUpdate', lists, (elements, addresses) => {
        const all = addresses as [...Four, ...Three];
        kernels.pixelrnn_adam(elements, rate, beta1, beta2, epsilon, step, ...all);
      });
    },
  };
}
