import type { ContextShape, Output } from '@pixelrnn/metrics';

/**
 * What the papers say a layer reads: which colours of which pixels one colour of one pixel of its output depends on. Written by
 * hand and not taken from the layers, so that a layer or a block that a model forgets does not pass.
 */
export type ContextStep =
  | { kind: 'convolution'; height: number; width: number; maskType: 'A' | 'B' }
  | { kind: 'rowLSTM'; kernelSize: number }
  | { kind: 'diagonalBiLSTM' };

/**
 * The context that a network must have: its layers' reaches composed, from the last layer to the first, inside the image.
 * Feature maps must be at least as many as colours, or a layer has no map for some colour and sees less.
 *
 * @param steps the layers in the order of the forward pass
 * @returns 1 or 0 for every input, [H, W, C]
 */
export function expectedContext(
  steps: readonly ContextStep[],
  shape: ContextShape,
  output: Output,
): Uint8Array {
  const only = ({ row, column, color }: Output) =>
    row === output.row && column === output.column && color === output.color;
  let reached = mapInputs(shape, only);
  for (const step of [...steps].reverse()) {
    const next = new Uint8Array(reached.length);
    forEach(shape, (node, i) => {
      if (!reached[i]) return;
      forEach(shape, (input, j) => {
        if (reads(step, node, input)) next[j] = 1;
      });
    });
    reached = next;
  }
  return reached;
}

/** Whether one colour of a layer's output depends on an input, by the layer's definition in the paper. */
function reads(step: ContextStep, node: Output, input: Output): boolean {
  const up = node.row - input.row;
  const left = node.column - input.column;
  if (up < 0) return false;
  if (up === 0 && left === 0) {
    return step.kind === 'convolution' && step.maskType === 'A'
      ? input.color < node.color
      : input.color <= node.color;
  }
  switch (step.kind) {
    case 'convolution': {
      const across = (step.width - 1) / 2;
      return up <= (step.height - 1) / 2 && Math.abs(left) <= across && (up > 0 || left > 0);
    }
    case 'rowLSTM': {
      // The state spreads by (k - 1) / 2 columns a row; at its end the input convolution reaches as far to the left.
      const reach = (step.kernelSize - 1) / 2;
      return left >= -up * reach && left <= (up + 1) * reach;
    }
    case 'diagonalBiLSTM':
      return up > 0 || left > 0;
  }
}

function mapInputs(shape: ContextShape, holds: (input: Output) => boolean): Uint8Array {
  const map = new Uint8Array(shape.height * shape.width * shape.colors);
  forEach(shape, (input, i) => {
    map[i] = holds(input) ? 1 : 0;
  });
  return map;
}

function forEach(
  { height, width, colors }: ContextShape,
  visit: (input: Output, index: number) => void,
): void {
  let index = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let color = 0; color < colors; color++) visit({ row, column, color }, index++);
    }
  }
}

const convolution = (side: number, maskType: 'A' | 'B'): ContextStep => ({
  kind: 'convolution',
  height: side,
  width: side,
  maskType,
});

/** The layers of PixelCNN that reach further than a pixel, and the colour masks of the others. */
export function pixelCNNSteps(options: {
  blocks: number;
  firstKernel?: number;
  kernelSize?: number;
}): ContextStep[] {
  const { blocks, firstKernel = 7, kernelSize = 3 } = options;
  const middle = Array.from({ length: blocks }, () => convolution(kernelSize, 'B'));
  return [convolution(firstKernel, 'A'), ...middle, convolution(1, 'B')];
}

/** The same of PixelRNN. */
export function pixelRNNSteps(options: {
  cell: 'row' | 'diagonal';
  layers: number;
  firstKernel?: number;
  kernelSize?: number;
}): ContextStep[] {
  const { cell, layers, firstKernel = 7, kernelSize = 3 } = options;
  const layer: ContextStep = cell === 'row' ? { kind: 'rowLSTM', kernelSize } : { kind: 'diagonalBiLSTM' };
  return [convolution(firstKernel, 'A'), ...new Array<ContextStep>(layers).fill(layer), convolution(1, 'B')];
}
