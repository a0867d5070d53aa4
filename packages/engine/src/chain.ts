import { EngineError } from './engineError.js';
import { type EngineName, engineNames } from './engineName.js';

/** What a backend tells about itself once it runs. */
export interface LoadedEngine {
  /** Version of libtensorflow, or of TensorFlow.js for `wasm` and `cpu`. */
  readonly tensorflow: string;
  /** Threads that one operation may use. */
  readonly threads: number;
  /** Floats in one vector register that the engine uses. */
  readonly simd: number;
  /** What a reader should know beside the engine's name, empty when nothing. */
  readonly note?: string;
}

/** One engine that was tried, or passed over. `reason` says why it does not run, or is empty. */
export interface EngineAttempt {
  readonly engine: EngineName;
  readonly loaded: boolean;
  readonly reason: string;
}

/** Loads one engine and makes it the backend of TensorFlow.js; rejects with a sentence saying why it cannot. */
export type EngineLoader = () => Promise<LoadedEngine>;

/** The outcome of {@link runChain}. */
export interface ChainResult extends LoadedEngine {
  readonly engine: EngineName;
  readonly attempts: readonly EngineAttempt[];
}

const wasmFirst: readonly EngineName[] = ['gpu', 'wasm', 'node', 'cpu'];

/** What to do about an engine that was asked for and did not load. */
const remedies: Record<EngineName, string> = {
  gpu: "Run 'pnpm engine install --gpu' on a machine with an NVIDIA driver, or unset PIXELRNN_ENGINE to use the best engine there is.",
  node: "Run 'pnpm engine install', or unset PIXELRNN_ENGINE to use the best engine there is.",
  wasm: "Run 'pnpm install' to restore the packages, or choose PIXELRNN_ENGINE=cpu.",
  cpu: "Run 'pnpm install' to restore the packages.",
};

/**
 * Tries the engines in order and stops at the first that loads; a forced engine is the only one tried.
 * @param whyWasmFirst where `auto` shall try WebAssembly before TensorFlow on the processor: why, a phrase
 * @throws EngineError when the forced engine, or every engine, fails
 */
export async function runChain(
  wanted: EngineName | 'auto',
  loaders: Record<EngineName, EngineLoader>,
  whyWasmFirst?: string,
): Promise<ChainResult> {
  const attempts: EngineAttempt[] = [];
  const order = whyWasmFirst ? wasmFirst : engineNames;
  for (const engine of wanted === 'auto' ? order : [wanted]) {
    try {
      const loaded = await loaders[engine]();
      if (engine === 'wasm' && wanted === 'auto' && whyWasmFirst)
        attempts.push({ engine: 'node', loaded: false, reason: whyWasmFirst });
      attempts.push({ engine, loaded: true, reason: '' });
      return { ...loaded, engine, attempts };
    } catch (error) {
      const reason = firstLine(error);
      if (engine === wanted) {
        throw new EngineError(`The engine '${engine}' cannot load: ${sentence(reason)} ${remedies[engine]}`, {
          cause: error,
        });
      }
      attempts.push({ engine, loaded: false, reason });
    }
  }
  throw new EngineError(`No engine loads: ${reasons(attempts)}. Run 'pnpm install' to restore the packages.`);
}

/** The engines that failed, each with its reason, in one phrase without a full stop. */
export function reasons(attempts: readonly EngineAttempt[]): string {
  return attempts
    .filter((attempt) => !attempt.loaded)
    .map(({ engine, reason }) => `${engine}: ${reason.replace(/\.$/, '')}`)
    .join('; ');
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0]!.trim() || 'it failed without saying why';
}

function sentence(reason: string): string {
  return reason.endsWith('.') ? reason : `${reason}.`;
}
