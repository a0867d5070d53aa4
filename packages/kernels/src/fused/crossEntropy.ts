import * as tf from '@tensorflow/tfjs';
import type { TensorflowOps } from '../native/tensorflowBackend.js';
import { withMemory } from '../wasm/callMemory.js';
import type { Kernels } from '../wasm/kernelsHeader.js';
import type { WasmHeap } from '../wasm/wasmHeap.js';

interface CrossEntropyInputs {
  logits: tf.TensorInfo;
  labels: tf.TensorInfo;
}

export interface CrossEntropyKernels {
  /** nats [B] and the log-sum-exp of every row, of the labels' shape */
  softmaxCrossEntropy(inputs: CrossEntropyInputs): tf.TensorInfo[];
  /** dlogits */
  softmaxCrossEntropyBackward(
    inputs: CrossEntropyInputs & { normaliser: tf.TensorInfo; dnats: tf.TensorInfo },
  ): tf.TensorInfo[];
  /** nats [B] */
  bernoulliCrossEntropy(inputs: CrossEntropyInputs): tf.TensorInfo[];
  /** dlogits */
  bernoulliCrossEntropyBackward(inputs: CrossEntropyInputs & { dnats: tf.TensorInfo }): tf.TensorInfo[];
}

export function nativeCrossEntropy(ops: TensorflowOps): CrossEntropyKernels {
  return {
    softmaxCrossEntropy({ logits, labels }) {
      return ops.run('softmaxCrossEntropy', {}, [logits, labels], 2);
    },
    softmaxCrossEntropyBackward({ logits, labels, normaliser, dnats }) {
      return ops.run('softmaxCrossEntropyBackward', {}, [logits, labels, normaliser, dnats], 1);
    },
    bernoulliCrossEntropy({ logits, labels }) {
      return ops.run('bernoulliCrossEntropy', {}, [logits, labels], 1);
    },
    bernoulliCrossEntropyBackward({ logits, labels, dnats }) {
      return ops.run('bernoulliCrossEntropyBackward', {}, [logits, labels, dnats], 1);
    },
  };
}

export function wasmCrossEntropy(heap: WasmHeap, kernels: Kernels): CrossEntropyKernels {
  return {
    softmaxCrossEntropy(inputs) {
      const operation = 'softmaxCrossEntropy';
      const sizes = sizesOf(inputs);
      const levels = inputs.logits.shape[inputs.logits.shape.length - 1] as number;
      return withMemory(heap, operation, (memory) =>
        memory.outputs({ nats: [sizes.batch], normaliser: inputs.labels.shape }, (outputs) => {
          const given = { ...sizes, levels, ...heap.addresses({ ...inputs }), ...outputs };
          const wrong = kernels.pixelrnn_softmax_cross_entropy_forward(given);
          if (wrong >= 0) throw labelError(heap, operation, inputs, levels, wrong);
        }),
      );
    },

    softmaxCrossEntropyBackward(inputs) {
      const levels = inputs.logits.shape[inputs.logits.shape.length - 1] as number;
      return withMemory(heap, 'gradient of softmaxCrossEntropy', (memory) =>
        memory.outputs({ dlogits: inputs.logits.shape }, ({ dlogits }) => {
          const given = { ...sizesOf(inputs), levels, ...heap.addresses({ ...inputs }), dlogits };
          kernels.pixelrnn_softmax_cross_entropy_backward(given);
        }),
      );
    },

    bernoulliCrossEntropy(inputs) {
      const operation = 'bernoulliCrossEntropy';
      const sizes = sizesOf(inputs);
      return withMemory(heap, operation, (memory) =>
        memory.outputs({ nats: [sizes.batch] }, ({ nats }) => {
          const given = { ...sizes, ...heap.addresses({ ...inputs }), nats };
          const wrong = kernels.pixelrnn_bernoulli_cross_entropy_forward(given);
          if (wrong >= 0) throw labelError(heap, operation, inputs, 2, wrong);
        }),
      );
    },

    bernoulliCrossEntropyBackward(inputs) {
      return withMemory(heap, 'gradient of bernoulliCrossEntropy', (memory) =>
        memory.outputs({ dlogits: inputs.logits.shape }, ({ dlogits }) => {
          const given = { ...sizesOf(inputs), ...heap.addresses({ ...inputs }), dlogits };
          kernels.pixelrnn_bernoulli_cross_entropy_backward(given);
        }),
      );
    },
  };
}

function sizesOf({ labels }: CrossEntropyInputs): { batch: number; perImage: number } {
  const [batch] = labels.shape as [number];
  return { batch, perImage: tf.util.sizeFromShape(labels.shape) / batch };
}

function labelError(
  heap: WasmHeap,
  operation: string,
  { labels }: CrossEntropyInputs,
  levels: number,
  position: number,
): Error {
  const label = heap.integers(heap.address(labels))[position];
  return new Error(
    `${operation}: label ${label} at position ${position} of labels [${labels.shape}] lies outside 0 .. ${levels - 1}`,
  );
}
