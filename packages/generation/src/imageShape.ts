/** Shape of one image and what its intensities can be: spreads into `imageGrid` of @pixelrnn/plots. */
export interface ImageShape {
  height: number;
  width: number;
  /** Colours of a pixel, 1 or 3. */
  channels: number;
  /** Intensities are 0 .. levels - 1. */
  levels: number;
}

/** Intensities of an image. */
export const perImage = ({ height, width, channels }: ImageShape): number => height * width * channels;

/** `28x28x1, 2 levels` */
export const shapeName = ({ height, width, channels, levels }: ImageShape): string =>
  `${height}x${width}x${channels}, ${levels} levels`;
