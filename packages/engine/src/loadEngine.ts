import * as tf from '@tensorflow/tfjs';
import { type ChainResult, type EngineAttempt, type EngineLoader, reasons, runChain } from './chain.js';
import { preference } from './comparison.js';
import { EngineError } from './engineError.js';
import { type EngineName, parseEngineName } from './engineName.js';
import { registerFileHandlers } from './fileHandlers.js';

/** The engine that runs in this process. */
export interface EngineInfo {
  readonly engine: EngineName;
  /** Version of libtensorflow, or of TensorFlow.js for `wasm` and `cpu`. */
  readonly tensorflow: string;
  /** Version of TensorFlow.js. */
  readonly tfjs: string;
  /** Threads that one operation may use. */
  readonly threads: number;
  /** Floats in one vector register that the engine uses. */
  readonly simd: number;
  /** Every engine that was tried, best first; the last one runs. */
  readonly attempts: readonly EngineAttempt[];
}

/** Options of {@link loadEngine}. */
export interface EngineOptions {
  /**
   * The engine to use; without it PIXELRNN_ENGINE, and without that `auto`: the best that loads. TensorFlow without fused
   * kernels, on a GPU or on the processor, comes after the next engine that has them where `pnpm engine install` has measured
   * that it trains slower.
   */
  readonly engine?: EngineName | 'auto';
  /** Print nothing. */
  readonly quiet?: boolean;
}

const loaders: Record<EngineName, EngineLoader> = {
  gpu: async () => (await import('./nativeEngine.js')).loadGpuEngine(),
  node: async () => (await import('./nativeEngine.js')).loadNodeEngine(),
  wasm: async () => (await import('./wasmEngine.js')).loadWasmEngine(),
  cpu: async () => (await import('./cpuEngine.js')).loadCpuEngine(),
};

let running: Promise<EngineInfo> | undefined;
let announced = false;

/**
 * Makes TensorFlow.js compute on the best engine of this machine, or on the one asked for: gpu, node, wasm, cpu.
 * Loads it once a process; later calls give the same answer. The first call that is not quiet prints one line to
 * stderr with the engine and why the better ones do not run.
 * @throws EngineError when the forced engine cannot load, when a name or an option is unknown, and when another engine than the one
 * asked for already runs in this process
 */
export async function loadEngine(options: EngineOptions = {}): Promise<EngineInfo> {
  checkOptions(options);
  const wanted =
    options.engine === undefined
      ? parseEngineName(process.env.PIXELRNN_ENGINE, 'PIXELRNN_ENGINE')
      : parseEngineName(options.engine, "The option 'engine'");
  running ??= start(wanted);
  let info: EngineInfo;
  try {
    info = await running;
  } catch (error) {
    running = undefined; // a later call may ask for another engine
    throw error;
  }
  if (options.engine !== undefined && wanted !== 'auto' && wanted !== info.engine) {
    throw new EngineError(
      `The engine '${wanted}' was asked for, but '${info.engine}' already runs in this process: ask before anything else loads an engine, or start a new process.`,
    );
  }
  if (!options.quiet && !announced) {
    announced = true;
    process.stderr.write(`${describeEngine(info)}\n`);
  }
  return info;
}

const optionNames = ['engine', 'quiet'];

function checkOptions(options: unknown): void {
  const given = typeof options === 'object' && options !== null;
  if (given && Object.keys(options).every((key) => optionNames.includes(key))) return;
  const came = given ? Object.keys(options).join(', ') : String(options);
  throw new EngineError(
    `loadEngine takes options, such as loadEngine({ engine: 'wasm' }), with the keys ${optionNames.join(' and ')}, but ${came} came: correct it.`,
    { usage: true },
  );
}

/** One line: the engine that runs, its version and size, and why the better ones do not. */
export function describeEngine(info: EngineInfo): string {
  const version = `${info.engine === 'gpu' || info.engine === 'node' ? 'TensorFlow' : 'TensorFlow.js'} ${info.tensorflow}`;
  const threads = info.threads === 1 ? '1 thread' : `${info.threads} threads`;
  const failed = reasons(info.attempts);
  return `Engine: ${info.engine} (${version}, ${threads})${failed ? `. Not used: ${failed}.` : '.'}`;
}

async function start(wanted: EngineName | 'auto'): Promise<EngineInfo> {
  const result: ChainResult = await runChain(wanted, loaders, wanted === 'auto' ? preference() : undefined);
  registerFileHandlers();
  const { engine, tensorflow, threads, simd, attempts } = result;
  return { engine, tensorflow, tfjs: tf.version_core, threads, simd, attempts };
}
