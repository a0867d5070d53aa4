/**
 * Runs a plan for many images at once, pixel by pixel. Native and WebAssembly executors give the same results to the bit, on
 * every machine, for any number of threads and however images are put into batches: an image's results depend on its own inputs
 * alone.
 */
export interface PlanExecutor {
  readonly kind: 'native' | 'wasm';
  readonly threads: number;
  /**
   * Begins a run; {@link PlanRun.advance} goes on with it.
   *
   * @throws Error where the options do not fit the plan, naming what was expected and what came
   */
  start(options: PlanRunOptions): PlanRun;
  /** Gives the memory back; runs that are open end with it. */
  dispose(): void;
}

interface CommonOptions {
  /** N: images that advance together. */
  count: number;
  /** One for each of the plan's conditions, in their order: [N, rows, columns, channels], or [N, channels] of a vector. */
  conditions?: readonly Float32Array[];
  /**
   * Not 0 where a pixel is known: its intensities are taken from `intensities`, its logits are not computed, and it costs 0
   * nats and no bytes. [H, W] for all images, or [N, H, W]. Every pixel that the plan's `knownStride` names is known besides.
   */
  known?: Uint8Array;
  /** [N, H, W, C], each in 0 .. levels - 1; only those of known pixels are read unless a mode reads all. */
  intensities?: Uint8Array;
  /** Logits are divided by it, at least 1e-20; default 1. Nats and bytes are those of the distribution that results. */
  temperature?: number;
  /**
   * Classifier-free guidance: each image is evaluated with `conditions` and with these, and its logits are
   * other + scale (own - other). Not for mixtures.
   */
  guidance?: { scale: number; conditions: readonly Float32Array[] };
  /** Also give minus the logarithm of each value's probability, `nats()`; default false. */
  nats?: boolean;
  /** Also give logits: those of `all` positions, or of the `last` one that was advanced to; default none. */
  logits?: 'all' | 'last';
}

/** What becomes of pixels that are not known. */
export type PlanRunOptions = CommonOptions &
  (
    | {
        /** Drawn by inverse transform: the first level at which uniform x total is below the sum of probabilities. */
        mode: 'draw';
        /** [N, H, W, C], integers of which the low 24 bits count: uniform = integer / 2^24. */
        uniforms: Uint32Array;
      }
    | {
        /** Taken from `intensities`: likelihoods, logits. */
        mode: 'take';
        intensities: Uint8Array;
      }
    | {
        /** Taken from `intensities` and written to streams of bytes, one an image. */
        mode: 'encode';
        intensities: Uint8Array;
        /**
         * One stream for all images instead, which take turns in it at every colour of every pixel: the end of a stream then
         * costs no more than a byte or two in all. Groups of images are not shared over threads. Default false.
         */
        sharedStream?: boolean;
      }
    | {
        /** Read from the streams that `encode` gave under the same plan, conditions, known pixels and temperature. */
        mode: 'decode';
        streams: readonly Uint8Array[];
        /** As they were encoded. */
        sharedStream?: boolean;
      }
  );

export interface PlanRun {
  /** Pixels of an image, H x W. */
  readonly pixels: number;
  /** Pixels done, in reading order. */
  readonly position: number;
  /** Goes on by so many pixels, by default to the end; never beyond it. */
  advance(pixels?: number): void;
  /** [N, H, W, C]; 0 where the run has not come yet. */
  intensities(): Uint8Array;
  /** [N, H, W, C], if asked for. Their sum over an image is its negative log-likelihood. */
  nats(): Float32Array;
  /**
   * If asked for: [N, H, W, C, L] of `all` positions, [N, C, L] of the `last` one; L is 1 of a Bernoulli, else levels. After
   * guidance, before temperature; of a mixture the logarithms of the levels' probabilities. 0 where a pixel is known.
   */
  logits(): Float32Array;
  /** One an image, or the shared one, complete once the run is; of the mode `encode`. */
  streams(): Uint8Array[];
  /** Gives the memory back. */
  dispose(): void;
}
