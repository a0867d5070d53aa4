import type { KernelKind } from '../dispatch/kernelKind.js';
import type { TensorflowOps } from '../native/tensorflowBackend.js';
import type { Kernels } from '../wasm/kernelsHeader.js';
import type { WasmHeap } from '../wasm/wasmHeap.js';
import { type ChainKernels, nativeChain, wasmChain } from './convolutionChain.js';
import { type CrossEntropyKernels, nativeCrossEntropy, wasmCrossEntropy } from './crossEntropy.js';
import { type GatedLayerKernels, nativeGatedLayer, wasmGatedLayer } from './gatedLayer.js';
import { type LstmKernels, nativeLstm, wasmLstm } from './lstm.js';
import { type ConvKernels, nativeConv, wasmConv } from './maskedConv2d.js';
import { nativeOptimizers, type OptimizerKernels, wasmOptimizers } from './optimizers.js';

/** One way of computing the operations of this package. Shapes and types have been checked before. */
export interface KernelSet extends ConvKernels, ChainKernels, CrossEntropyKernels, OptimizerKernels {
  readonly kind: KernelKind;
}

/** Gated and recurrent layers too, which are functions of TensorFlow.js' own operations where kernels are composed. */
export interface FusedKernelSet extends KernelSet, GatedLayerKernels, LstmKernels {
  readonly kind: Exclude<KernelKind, 'composed'>;
}

export function nativeKernelSet(ops: TensorflowOps): FusedKernelSet {
  return {
    kind: 'native',
    ...nativeConv(ops),
    ...nativeChain(ops),
    ...nativeGatedLayer(ops),
    ...nativeLstm(ops),
    ...nativeCrossEntropy(ops),
    ...nativeOptimizers(ops),
  };
}

export function wasmKernelSet(heap: WasmHeap, kernels: Kernels): FusedKernelSet {
  return {
    kind: 'wasm',
    ...wasmConv(heap, kernels),
    ...wasmChain(heap, kernels),
    ...wasmGatedLayer(heap, kernels),
    ...wasmLstm(heap, kernels),
    ...wasmCrossEntropy(heap, kernels),
    ...wasmOptimizers(heap, kernels),
  };
}
