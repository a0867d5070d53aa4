import * as tf from '@tensorflow/tfjs';
import type { ConvAttributes, ConvInputs, CrossEntropyInputs, KernelSet, Unavailable } from '../kernelSet.js';
import { startKernels } from './sideModule.js';
import { type WasmBackend, WasmHeap } from './wasmHeap.js';

/** The operations as WebAssembly on the heap of TensorFlow.js' WASM backend, or why there are none. */
export function wasmKernels(backend: object): KernelSet | Unavailable {
  try {
    return kernelsOn(new WasmHeap(backend as WasmBackend));
  } catch (error) {
    return { unavailable: `they do not start: ${(error as Error).message}` };
  }
}

const floats = 'float32';
const noExecutor = 0;

function kernelsOn(heap: WasmHeap): KernelSet {
  const kernels = startKernels(heap);

  const update = (
    operation: string,
    lists: readonly (readonly tf.TensorInfo[])[],
    run: (count: number, inputs: number[], outputs: number[]) => void,
  ): tf.TensorInfo[] => {
    const results: tf.TensorInfo[][] = lists.slice(1).map(() => []);
    lists[0]?.forEach(({ shape }, i) => {
      const outputs = results.map((list) => {
        list[i] = heap.output(operation, shape, floats);
        return heap.address(list[i]);
      });
      const inputs = lists.map((list) => heap.address(list[i]));
      run(tf.util.sizeFromShape(shape), inputs, outputs);
    });
    return results.flat();
  };

  return {
    kind: 'wasm',

    maskedConv2d(inputs, attributes) {
      const { x, kernel, mask, bias, residual } = inputs;
      const shape = outputShape(inputs);
      const y = heap.output('maskedConv2d', shape, floats);
      withConvolution(heap, inputs, attributes, (conv) => {
        heap.withSpace('maskedConv2d', kernels.pixelrnn_conv_forward_workspace(conv), (workspace) => {
          const given = [x, kernel, mask, bias, residual, y] as const;
          const addresses = given.map((tensor) => heap.address(tensor)) as Six;
          kernels.pixelrnn_conv_forward(conv, ...addresses, workspace, noExecutor);
        });
      });
      return y;
    },

    maskedConv2dBackward(inputs, attributes) {
      const { x, kernel, mask, y, dy } = inputs;
      const operation = 'the gradient of maskedConv2d';
      const dx = attributes.inputGradient ? heap.output(operation, x.shape, floats) : undefined;
      const dkernel = heap.output(operation, kernel.shape, floats);
      const dbias = attributes.biasGradient
        ? heap.output(operation, [kernel.shape[3] as number], floats)
        : undefined;
      withConvolution(heap, inputs, attributes, (conv) => {
        heap.withSpace(operation, kernels.pixelrnn_conv_backward_workspace(conv), (workspace) => {
          const given = [x, kernel, mask, y, dy, dx, dkernel, dbias] as const;
          const addresses = given.map((tensor) => heap.address(tensor)) as Eight;
          kernels.pixelrnn_conv_backward(conv, ...addresses, workspace, noExecutor);
        });
      });
      return [...(dx ? [dx] : []), dkernel, ...(dbias ? [dbias] : [])];
    },

    softmaxCrossEntropy({ logits, labels }) {
      const operation = 'softmaxCrossEntropy';
      const { batch, perImage } = sizesOf(labels);
      const levels = logits.shape[logits.shape.length - 1] as number;
      const nats = heap.output(operation, [batch], floats);
      const normaliser = heap.output(operation, labels.shape, floats);
      const wrong = kernels.pixelrnn_softmax_cross_entropy_forward(
        batch,
        perImage,
        levels,
        heap.address(logits),
        heap.address(labels),
        heap.address(nats),
        heap.address(normaliser),
        noExecutor,
      );
      if (wrong >= 0)
        throw labelError(heap, operation, { logits, labels }, levels, wrong, [nats, normaliser]);
      return [nats, normaliser];
    },

    softmaxCrossEntropyBackward({ logits, labels, normaliser, dnats }) {
      const { batch, perImage } = sizesOf(labels);
      const dlogits = heap.output('the gradient of softmaxCrossEntropy', logits.shape, floats);
      kernels.pixelrnn_softmax_cross_entropy_backward(
        batch,
        perImage,
        logits.shape[logits.shape.length - 1] as number,
        heap.address(logits),
        heap.address(labels),
        heap.address(normaliser),
        heap.address(dnats),
        heap.address(dlogits),
        noExecutor,
      );
      return dlogits;
    },

    bernoulliCrossEntropy({ logits, labels }) {
      const operation = 'bernoulliCrossEntropy';
      const { batch, perImage } = sizesOf(labels);
      const nats = heap.output(operation, [batch], floats);
      const wrong = kernels.pixelrnn_bernoulli_cross_entropy_forward(
        batch,
        perImage,
        heap.address(logits),
        heap.address(labels),
        heap.address(nats),
        noExecutor,
      );
      if (wrong >= 0) throw labelError(heap, operation, { logits, labels }, 2, wrong, [nats]);
      return nats;
    },

    bernoulliCrossEntropyBackward({ logits, labels, dnats }) {
      const { batch, perImage } = sizesOf(labels);
      const dlogits = heap.output('the gradient of bernoulliCrossEntropy', logits.shape, floats);
      kernels.pixelrnn_bernoulli_cross_entropy_backward(
        batch,
        perImage,
        heap.address(logits),
        heap.address(labels),
        heap.address(dnats),
        heap.address(dlogits),
        noExecutor,
      );
      return dlogits;
    },

    rmsProp(lists, { rate, decay, epsilon }) {
      return update('rmsPropUpdate', lists, (count, inputs, outputs) => {
        kernels.pixelrnn_rmsprop(count, rate, decay, epsilon, ...(inputs as Three), ...(outputs as Two));
      });
    },

    adam(lists, { rate, beta1, beta2, epsilon, step }) {
      return update('adamUpdate', lists, (count, inputs, outputs) => {
        const addresses = [...(inputs as Four), ...(outputs as Three)] as const;
        kernels.pixelrnn_adam(count, rate, beta1, beta2, epsilon, step, ...addresses);
      });
    },
  };
}

type Two = [number, number];
type Three = [...Two, number];
type Four = [...Three, number];
type Six = [...Four, ...Two];
type Eight = [...Six, ...Two];

function outputShape({ x, kernel }: Pick<ConvInputs, 'x' | 'kernel'>): number[] {
  return [...x.shape.slice(0, 3), kernel.shape[3] as number];
}

/** Writes a `pixelrnn_conv` and its taps for the time of `run`. */
function withConvolution(
  heap: WasmHeap,
  { x, kernel }: Pick<ConvInputs, 'x' | 'kernel'>,
  { taps, inputRelu, outputRelu }: ConvAttributes,
  run: (conv: number) => void,
): void {
  const fields = 11;
  heap.withSpace('maskedConv2d', 4 * (fields + taps.length), (conv) => {
    const [kernelHeight, kernelWidth, cin, cout] = kernel.shape as Four;
    const sizes = [...x.shape.slice(0, 3), cin, cout, kernelHeight, kernelWidth, taps.length / 2];
    const tapsAddress = conv + 4 * fields;
    heap.integers(conv).set([...sizes, tapsAddress, Number(inputRelu), Number(outputRelu), ...taps]);
    run(conv);
  });
}

function sizesOf(labels: tf.TensorInfo): { batch: number; perImage: number } {
  const batch = labels.shape[0] as number;
  return { batch, perImage: tf.util.sizeFromShape(labels.shape) / batch };
}

function labelError(
  heap: WasmHeap,
  operation: string,
  { labels }: CrossEntropyInputs,
  levels: number,
  position: number,
  outputs: tf.TensorInfo[],
): Error {
  const label = heap.integers(heap.address(labels))[position];
  for (const output of outputs) heap.release(output);
  return new Error(
    `${operation}: label ${label} at position ${position} of labels [${labels.shape}] ` +
      `lies outside 0 .. ${levels - 1}`,
  );
}
