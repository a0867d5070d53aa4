import type { ConvAttributes, ConvInputs } from '../dispatch/kernelSet.js';
import type { WasmHeap } from './wasmHeap.js';

/** Fields of a `pixelrnn_conv`, four bytes each. */
export const convolutionFields = 11;

/** Bytes of a `pixelrnn_conv` with its taps behind it. */
function convolutionBytes(taps: readonly number[]): number {
  return 4 * (convolutionFields + taps.length);
}

/** Writes a `pixelrnn_conv`, and its taps where `tapsAddress` says, by default behind it. */
export function writeConvolution(
  heap: WasmHeap,
  conv: number,
  xShape: readonly number[],
  kernelShape: readonly number[],
  { taps, inputRelu, outputRelu }: ConvAttributes,
  tapsAddress = conv + 4 * convolutionFields,
): void {
  const [kernelHeight, kernelWidth, cin, cout] = kernelShape as [number, number, number, number];
  const sizes = [...xShape.slice(0, 3), cin, cout, kernelHeight, kernelWidth, taps.length / 2];
  heap.integers(conv).set([...sizes, tapsAddress, Number(inputRelu), Number(outputRelu)]);
  heap.integers(tapsAddress).set(taps);
}

/** Writes a `pixelrnn_conv` and its taps for the time of `run`. */
export function withConvolution(
  heap: WasmHeap,
  operation: string,
  { x, kernel }: Pick<ConvInputs, 'x' | 'kernel'>,
  attributes: ConvAttributes,
  run: (conv: number) => void,
): void {
  heap.withSpace(operation, convolutionBytes(attributes.taps), (conv) => {
    writeConvolution(heap, conv, x.shape, kernel.shape, attributes);
    run(conv);
  });
}
