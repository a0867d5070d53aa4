import type { CallMemory } from '../wasm/callMemory.js';

/** A type alias, not an interface, so that it fits TensorFlow.js's index signature of attributes. */
export type ConvAttributes = {
  /** Row and column of each live tap, flattened. */
  taps: number[];
  inputRelu: boolean;
  outputRelu: boolean;
};

/** The fields of a `pixelrnn_conv`; its taps take a piece of the call's memory. */
export function convFields(
  memory: CallMemory,
  xShape: readonly number[],
  kernelShape: readonly number[],
  { taps, inputRelu, outputRelu }: ConvAttributes,
) {
  const [batch, height, width] = xShape as [number, number, number];
  const [kernelHeight, kernelWidth, cin, cout] = kernelShape as [number, number, number, number];
  return {
    ...{ batch, height, width, cin, cout, kernelHeight, kernelWidth },
    tapCount: taps.length / 2,
    taps: memory.list(taps),
    ...{ inputRelu, outputRelu },
  };
}
