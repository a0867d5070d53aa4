/**
 * Masks of PixelRNN, section 3.4 and Figure 2: which weights of a convolution may be non-zero so that no output depends
 * on its own or a later pixel, nor on a later colour of its own pixel.
 */

export type MaskType = 'A' | 'B';

/**
 * How channels belong to colours. `cyclic`: channel c to colour c mod colors, ragged where the count is not divisible
 * (1024 maps of 3 colours: 342, 341, 341). `contiguous`: equal blocks, one a colour; only for counts divisible by it.
 */
export type ColorGroups = 'cyclic' | 'contiguous';

export interface MaskOptions {
  kernelHeight: number;
  kernelWidth: number;
  /** Input channels. */
  cin: number;
  /** Output channels. */
  cout: number;
  maskType: MaskType;
  /** Colours of a pixel, in the order of the factorisation; 1 or 3 in the papers. */
  colors: number;
  /** Default cyclic. */
  outputGroups?: ColorGroups;
  /**
   * Equal blocks of output channels, such as an LSTM's gates or the halves of a gated unit; channels belong to colours
   * within each block, because the blocks meet element by element. Default 1.
   */
  blocks?: number;
}

/** Either case: TensorFlow.js saves every string of a configuration in lower case. */
function parseMaskType(maskType: string): MaskType {
  const upper = String(maskType).toUpperCase();
  if (upper === 'A' || upper === 'B') return upper;
  throw new Error(`mask: maskType must be 'A' or 'B', got ${JSON.stringify(maskType)}`);
}

/** The colour that a channel belongs to. */
export function colorOfChannel(
  channel: number,
  channels: number,
  colors: number,
  groups: ColorGroups,
): number {
  return groups === 'cyclic' ? channel % colors : Math.floor((channel * colors) / channels);
}

/**
 * Zeros and ones [kernelHeight, kernelWidth, cin, cout], row-major.
 *
 * Rows above the centre and pixels to its left: all ones. Rows below and pixels to its right: all zeros.
 * The centre, from input colour i to output colour o: mask A allows i < o, mask B allows i <= o.
 *
 * @throws Error if a size is not a positive integer, a kernel side is even, mask type or groups are unknown, or blocks or contiguous groups are unequal
 */
export function convolutionMask(options: MaskOptions): Float32Array {
  const { kernelHeight, kernelWidth, cin, cout, colors, outputGroups = 'cyclic', blocks = 1 } = options;
  const maskType = parseMaskType(options.maskType);
  if (outputGroups !== 'cyclic' && outputGroups !== 'contiguous') {
    throw new Error(
      `mask: outputGroups must be 'cyclic' or 'contiguous', got ${JSON.stringify(outputGroups)}`,
    );
  }
  for (const [name, value] of Object.entries({ kernelHeight, kernelWidth, cin, cout, colors, blocks })) {
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`mask: ${name} must be a positive integer, got ${value}`);
  }
  if (kernelHeight % 2 === 0 || kernelWidth % 2 === 0) {
    throw new Error(`mask: kernel sides must be odd to have a centre, got ${kernelHeight} x ${kernelWidth}`);
  }
  if (cout % blocks !== 0)
    throw new Error(`mask: ${cout} output channels do not divide into ${blocks} equal blocks`);
  const blockSize = cout / blocks;
  if (outputGroups === 'contiguous' && blockSize % colors !== 0) {
    throw new Error(
      `mask: ${blockSize} output channels do not divide into ${colors} equal contiguous groups`,
    );
  }
  const mask = new Float32Array(kernelHeight * kernelWidth * cin * cout);
  const centreRow = (kernelHeight - 1) / 2;
  const centreColumn = (kernelWidth - 1) / 2;
  const size = cin * cout;
  const before = centreRow * kernelWidth + centreColumn;
  mask.fill(1, 0, before * size);
  for (let input = 0; input < cin; input++) {
    const inputColor = colorOfChannel(input, cin, colors, 'cyclic');
    for (let output = 0; output < cout; output++) {
      const outputColor = colorOfChannel(output % blockSize, blockSize, colors, outputGroups);
      const live = maskType === 'A' ? inputColor < outputColor : inputColor <= outputColor;
      if (live) mask[before * size + input * cout + output] = 1;
    }
  }
  return mask;
}
