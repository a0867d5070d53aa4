import * as tf from '@tensorflow/tfjs';
import type { TensorflowOps } from '../native/tensorflowBackend.js';
import { withMemory } from '../wasm/callMemory.js';
import type { Kernels } from '../wasm/kernelsHeader.js';
import type { WasmHeap } from '../wasm/wasmHeap.js';

interface GateInputs {
  /** [..., 2p] */
  sums: tf.TensorInfo;
}

export interface GateKernels {
  /** y [..., p] */
  gate(inputs: GateInputs): tf.TensorInfo[];
  /** dsums */
  gateBackward(inputs: GateInputs & { dy: tf.TensorInfo }): tf.TensorInfo[];
}

export function nativeGate(ops: TensorflowOps): GateKernels {
  return {
    gate({ sums }) {
      return ops.run('gate', {}, [sums], 1);
    },
    gateBackward({ sums, dy }) {
      return ops.run('gateBackward', {}, [sums, dy], 1);
    },
  };
}

export function wasmGate(heap: WasmHeap, kernels: Kernels): GateKernels {
  return {
    gate(inputs) {
      const { half, ...sizes } = sizesOf(inputs);
      return withMemory(heap, 'gate', (memory) =>
        memory.outputs({ y: half }, (outputs) => {
          kernels.pixelrnn_gate_forward({ ...sizes, ...heap.addresses({ ...inputs }), ...outputs });
        }),
      );
    },

    gateBackward(inputs) {
      const { half: _, ...sizes } = sizesOf(inputs);
      return withMemory(heap, 'gradient of gate', (memory) =>
        memory.outputs({ dsums: inputs.sums.shape }, (outputs) => {
          kernels.pixelrnn_gate_backward({ ...sizes, ...heap.addresses({ ...inputs }), ...outputs });
        }),
      );
    },
  };
}

function sizesOf({ sums }: GateInputs): { pixels: number; maps: number; half: number[] } {
  const before = sums.shape.slice(0, -1);
  const maps = (sums.shape.at(-1) as number) / 2;
  return { pixels: tf.util.sizeFromShape(before), maps, half: [...before, maps] };
}
