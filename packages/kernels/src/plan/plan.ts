/**
 * A plan says how a model's logits at one colour of one pixel follow from what comes before it, as a flat list of steps:
 * what incremental evaluation, receptive fields and counts of operations are made from. Layers add their steps
 * (`describe` of @pixelrnn/layers); an executor walks them pixel by pixel.
 *
 * Maps hold values: [rows, columns, channels] for each image. A channel belongs to a colour of the pixel
 * ({@link PlanMap.groups}), and a step computes the channels of one colour at a time where its `when` is `pixel`.
 */
export interface Plan {
  height: number;
  width: number;
  /** Colours of a pixel, in the order of the factorisation. */
  colors: number;
  /** Intensities of a colour. */
  levels: number;
  maps: PlanMap[];
  /** Steps with the same `when` are walked in this order. */
  steps: PlanStep[];
  /** The map of scaled pixels in [-1, 1]: one channel a colour. What was drawn is written here. */
  pixels: MapId;
  /** Maps that the caller fills before the first pixel: class vectors, location-dependent conditions. */
  conditions: MapId[];
  output: PlanOutput;
  /** Every so many rows and columns, from the first, a pixel is known beforehand (multi-scale models); null: none is. */
  knownStride: number | null;
}

/** Index into {@link Plan.maps}. */
export type MapId = number;

export interface PlanMap {
  channels: number;
  /**
   * How channels belong to colours: `cyclic`, c to colour c mod colors; `contiguous`, equal blocks; `all`, to none: such a
   * map is complete before any pixel that reads it begins.
   */
  groups: 'cyclic' | 'contiguous' | 'all';
  /** Rows and columns of the image for one of the map: 1, s for a subsampled map; 0: one vector an image, read from everywhere. */
  stride: number;
  /** [channels], the value above the first row, between the first and last column; zero where absent. */
  above?: WeightsOf | undefined;
  /** [channels], the value left of the first column of every row; zero where absent. */
  left?: WeightsOf | undefined;
  /** [channels], the value right of the last column of every row; zero where absent. */
  right?: WeightsOf | undefined;
}

/** Read when weights are wanted: receptive fields and counts need none. */
export type WeightsOf = () => Float32Array;

/** A map at a distance from the position that is computed: (-1, 0) is the pixel above. Outside the map it is zero. */
export interface Place {
  map: MapId;
  row: number;
  column: number;
}

/**
 * Where a product reads, and which colours: `all`; `before`, the input's colours before the output's (mask A); `upTo`,
 * those and the output's own (mask B). At another pixel than the current one `all` is meant.
 */
export interface PlanTap {
  row: number;
  column: number;
  colors: 'all' | 'before' | 'upTo';
}

/** A masked convolution's share of a sum. */
export interface PlanTerm {
  map: MapId;
  taps: PlanTap[];
  /** Applied to what is read; default linear. */
  inputActivation?: 'linear' | 'relu' | undefined;
  /** [taps, channels of the map, sums], row-major; zero where a tap's colours do not allow a weight. */
  weights: WeightsOf;
}

interface StepBase {
  /**
   * `before`: over the whole map before the first pixel; `pixel`: colour by colour, in the order of the factorisation;
   * `row` and `rowReversed`: over a row once all of its pixels are complete, from the first column or from the last.
   */
  when: 'before' | 'pixel' | 'row' | 'rowReversed';
  out: MapId;
  /** The layer it belongs to, for messages and summaries. */
  layer?: string | undefined;
}

/**
 * sums = bias + terms + additions; out = unit(sums) + residuals. The unit:
 *
 *     linear, relu   one sum a channel
 *     gated          tanh(f) sigmoid(g)                                     (Gated PixelCNN, equation 2)
 *     lstm           c = sigmoid(f) c' + sigmoid(i) tanh(g); out = sigmoid(o) tanh(c)
 *                    (PixelRNN, equation 3); c' is read at `cell`, c is written to the same map at this position
 *
 * The blocks of sums stand in the order of {@link unitBlocks}. Within each block, sums belong to colours as the channels of `out` do.
 */
export interface SumStep extends StepBase {
  kind: 'sum';
  terms: PlanTerm[];
  /** [sums] */
  bias?: WeightsOf | undefined;
  /** Added to the sums: maps of as many channels. */
  additions: Place[];
  unit: 'linear' | 'relu' | 'gated' | 'lstm';
  cell?: Place | undefined;
  /** Added to what the unit gives: maps of as many channels as `out`. */
  residuals: Place[];
}

/** Every stride-th pixel of every stride-th row of a map, when `before`. */
export interface SubsampleStep extends StepBase {
  kind: 'subsample';
  from: MapId;
  stride: number;
}

/** A transposed convolution, when `before`: zeros inserted between the pixels, then a kernel x kernel convolution. */
export interface UpsampleStep extends StepBase {
  kind: 'upsample';
  from: MapId;
  /** Factor of rows and columns. */
  stride: number;
  kernel: number;
  unit: 'linear' | 'relu';
  /** [kernel, kernel, channels of `from`, channels of `out`] */
  weights: WeightsOf;
  /** [channels of `out`] */
  bias: WeightsOf;
}

export type PlanStep = SumStep | SubsampleStep | UpsampleStep;

/** What becomes of the last map at a pixel: `map` has contiguous groups. */
export type PlanOutput =
  | { kind: 'bernoulli'; map: MapId }
  | { kind: 'softmax'; map: MapId }
  | {
      kind: 'mcgsm';
      map: MapId;
      components: number;
      scales: number;
      features: number;
      /** [colors, components, scales] */
      eta: WeightsOf;
      /** [colors, components, scales] */
      alpha: WeightsOf;
      /** [colors, components, features] */
      beta: WeightsOf;
    };

/**
 * The blocks of sums that a unit combines, in the order in which weights hold them: the names of equation 3 of PixelRNN and
 * equation 2 of Gated PixelCNN.
 */
export const unitBlocks = {
  linear: ['sum'],
  relu: ['sum'],
  gated: ['f', 'g'],
  lstm: ['o', 'f', 'i', 'g'],
} as const satisfies Record<SumStep['unit'], readonly string[]>;

/** How many blocks of sums a unit combines. */
export const blocksOf = (unit: SumStep['unit']): number => unitBlocks[unit].length;
