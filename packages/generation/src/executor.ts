import type { Plan } from '@pixelrnn/kernels/plan';
import { type PlanExecutor, type PlanRun, wasmExecutor } from '@pixelrnn/kernels/plan';
import { openNative } from '#nativeExecutor';
import { breather, breathMilliseconds } from './breather.js';
import type { ConditionValues } from './condition.js';
import { GenerationError, usage } from './generationError.js';
import type { Build } from './runOptions.js';

interface Job {
  count: number;
  conditions: ConditionValues;
  signal: AbortSignal | undefined;
  /** Told now and then how many pixels of all images are done, and awaited. */
  onPixels: (done: number) => Promise<void>;
}

interface DrawJob extends Job {
  /** [count, H, W, C]: intensities of the known pixels. */
  start: Uint8Array;
  /** [count, H, W] */
  known: Uint8Array;
  /** [count, H, W, C] */
  noise: Uint32Array;
  temperature: number;
  guidance: number;
}

interface ImagesJob extends Job {
  /** [count, H, W, C] */
  images: Uint8Array;
}

interface DecodeJob extends Job {
  /** [count, H, W, C]: intensities of pixels known beforehand. */
  start: Uint8Array;
  code: Uint8Array;
}

/** Walks a plan pixel by pixel for many images side by side, and lets others run between. */
export interface OpenExecutor {
  /** Images that suit it at once. */
  batchSize: number;
  /** @returns intensities [count, H, W, C] */
  draw(job: DrawJob): Promise<Uint8Array>;
  /** @returns nats [count, H, W, C] */
  score(job: ImagesJob): Promise<Float32Array>;
  /** @returns the code of all images */
  encode(job: ImagesJob): Promise<Uint8Array>;
  /** @returns intensities [count, H, W, C] */
  decode(job: DecodeJob): Promise<Uint8Array>;
  dispose(): void;
}

/** Images for each thread at once, at least: two groups of the widest vectors. */
const imagesPerThread = 32;
/** Intensities for each thread at once, about: a call for fewer costs more than they do. */
const intensitiesPerThread = 2 ** 16;

/** @throws GenerationError `usage` where the native build is asked for and is not there, or does not load */
export async function openExecutor(
  plan: Plan,
  { build = 'auto' }: { build?: Build | undefined },
): Promise<OpenExecutor> {
  if (build === 'wasm') return new Executor(plan, await wasmExecutor(plan));
  const native = openNative(plan);
  if (!('why' in native)) return new Executor(plan, native);
  const { why, broken } = native;
  if (build === 'native') {
    usage(`build: the native one ${why}; run \`pnpm engine install\`, or take 'wasm' or 'auto'.`);
  }
  if (broken) warnOnce(`The native executor of plans ${why}: run \`pnpm engine install\`. ${slower}`);
  return new Executor(plan, await wasmExecutor(plan));
}

const slower = 'WebAssembly runs instead, slower, with the same results.';
const warned = new Set<string>();

function warnOnce(message: string): void {
  if (!warned.has(message)) console.warn(message);
  warned.add(message);
}

class Executor implements OpenExecutor {
  readonly batchSize: number;
  private readonly breathe = breather();

  constructor(
    private readonly plan: Plan,
    private readonly executor: PlanExecutor,
  ) {
    const { height, width, colors } = plan;
    const images = Math.floor(intensitiesPerThread / (height * width * colors));
    this.batchSize = executor.threads * Math.max(imagesPerThread, images);
  }

  async draw(job: DrawJob): Promise<Uint8Array> {
    const { count, start, known, noise, temperature, guidance, conditions } = job;
    if (guidance !== 1 && this.plan.output.kind === 'mcgsm') {
      usage('guidance: it mixes logits, and a mixture of Gaussians has none: leave it out.');
    }
    const none = conditions.map((values) => new Float32Array(values.length));
    const run = this.executor.start({
      ...{ mode: 'draw', count, conditions, known, intensities: start, uniforms: noise, temperature },
      ...(guidance === 1 ? {} : { guidance: { scale: guidance, conditions: none } }),
    });
    return this.finish(run, job, () => run.intensities());
  }

  async score(job: ImagesJob): Promise<Float32Array> {
    const { count, images, conditions } = job;
    const run = this.executor.start({ mode: 'take', count, conditions, intensities: images, nats: true });
    return this.finish(run, job, () => run.nats());
  }

  async encode(job: ImagesJob): Promise<Uint8Array> {
    const { count, images, conditions } = job;
    const run = this.executor.start({
      ...{ mode: 'encode', count, conditions, intensities: images, sharedStream: true },
    });
    return this.finish(run, job, () => run.streams()[0] as Uint8Array);
  }

  async decode(job: DecodeJob): Promise<Uint8Array> {
    const { count, start, code, conditions } = job;
    const run = this.executor.start({
      ...{ mode: 'decode', count, conditions, intensities: start, streams: [code], sharedStream: true },
    });
    const advance = (pixels: number) => {
      try {
        run.advance(pixels);
      } catch (cause) {
        throw new GenerationError('damaged', `The file is damaged: ${(cause as Error).message}.`, { cause });
      }
    };
    return this.finish(run, job, () => run.intensities(), advance);
  }

  dispose(): void {
    this.executor.dispose();
  }

  /** Runs to the end, some pixels at a time, and lets others run between. */
  private async finish<T>(
    run: PlanRun,
    { count, onPixels }: Job,
    result: () => T,
    advance = (pixels: number) => run.advance(pixels),
  ): Promise<T> {
    try {
      let pixels = 1;
      while (run.position < run.pixels) {
        const start = performance.now();
        advance(pixels);
        const took = Math.max(performance.now() - start, 1e-3);
        pixels = Math.max(1, Math.min(4 * pixels, Math.floor((pixels * breathMilliseconds) / took)));
        await onPixels(count * run.position);
        await this.breathe();
      }
      return result();
    } finally {
      run.dispose();
    }
  }
}
