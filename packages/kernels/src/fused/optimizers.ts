import * as tf from '@tensorflow/tfjs';
import type { TensorflowOps } from '../native/tensorflowBackend.js';
import { withMemory } from '../wasm/callMemory.js';
import type { Address, Kernels } from '../wasm/kernelsHeader.js';
import type { WasmHeap } from '../wasm/wasmHeap.js';

/** Each list: one tensor for each parameter. */
interface RMSPropLists {
  gradients: tf.TensorInfo[];
  parameters: tf.TensorInfo[];
  squares: tf.TensorInfo[];
}
interface AdamLists extends RMSPropLists {
  means: tf.TensorInfo[];
}

export type RMSPropAttributes = { rate: number; decay: number; epsilon: number };
export type AdamAttributes = { rate: number; beta1: number; beta2: number; epsilon: number; step: number };

export interface OptimizerKernels {
  /** New parameters, then new squares. */
  rmsProp(lists: RMSPropLists, attributes: RMSPropAttributes): tf.TensorInfo[];
  /** New parameters, then new means, then new squares. */
  adam(lists: AdamLists, attributes: AdamAttributes): tf.TensorInfo[];
}

export function nativeOptimizers(ops: TensorflowOps): OptimizerKernels {
  const update = (name: string, first: tf.Tensor[], lists: readonly tf.TensorInfo[][]) => {
    const count = lists[0]?.length as number;
    try {
      return ops.run(name, { count }, [...first, ...lists.flat()], (lists.length - 1) * count);
    } finally {
      tf.dispose(first);
    }
  };
  return {
    rmsProp({ gradients, parameters, squares }, { rate, decay, epsilon }) {
      return update('rmsProp', [tf.tensor1d([rate, decay, epsilon])], [gradients, parameters, squares]);
    },
    adam({ gradients, parameters, means, squares }, { rate, beta1, beta2, epsilon, step }) {
      const first = [tf.tensor1d([rate, beta1, beta2, epsilon]), tf.scalar(step, 'int32')];
      return update('adam', first, [gradients, parameters, means, squares]);
    },
  };
}

export function wasmOptimizers(heap: WasmHeap, kernels: Kernels): OptimizerKernels {
  /** Calls `run` for each parameter, with its elements, where it lies and where what replaces it and its states goes. */
  const update = (
    operation: string,
    parameters: readonly tf.TensorInfo[],
    replaced: number,
    run: (count: number, i: number, outputs: Address[]) => void,
  ): tf.TensorInfo[] => {
    const shapes = Array.from({ length: replaced }, () => parameters.map(({ shape }) => shape)).flat();
    return withMemory(heap, operation, (memory) =>
      memory.outputList(shapes, (outputs) => {
        parameters.forEach(({ shape }, i) => {
          const own = outputs.filter((_, o) => o % parameters.length === i);
          run(tf.util.sizeFromShape(shape), i, own);
        });
      }),
    );
  };
  return {
    rmsProp({ gradients, parameters, squares }, attributes) {
      return update('rmsPropUpdate', parameters, 2, (count, i, outputs) => {
        const [newParameter, newSquare] = outputs as [Address, Address];
        const given = { gradient: gradients[i], parameter: parameters[i], square: squares[i] };
        const addresses = { ...heap.addresses(given), newParameter, newSquare };
        kernels.pixelrnn_rmsprop({ count, ...attributes, ...addresses });
      });
    },
    adam({ gradients, parameters, means, squares }, attributes) {
      return update('adamUpdate', parameters, 3, (count, i, outputs) => {
        const [newParameter, newMean, newSquare] = outputs as [Address, Address, Address];
        const given = {
          gradient: gradients[i],
          parameter: parameters[i],
          mean: means[i],
          square: squares[i],
        };
        const addresses = { ...heap.addresses(given), newParameter, newMean, newSquare };
        kernels.pixelrnn_adam({ count, ...attributes, ...addresses });
      });
    },
  };
}
