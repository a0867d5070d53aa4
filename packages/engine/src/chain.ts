import type { Preference } from './comparison.js';
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

/** What to do about an engine that was asked for and did not load. */
const remedies: Record<EngineName, string> = {
  gpu: "Run 'pnpm engine install --gpu' on a machine with an NVIDIA driver, or unset PIXELRNN_ENGINE to use the best engine there is.",
  node: "Run 'pnpm engine install', or unset PIXELRNN_ENGINE to use the best engine there is.",
  wasm: "Run 'pnpm install' to restore the packages, or choose PIXELRNN_ENGINE=cpu.",
  cpu: "Run 'pnpm install' to restore the packages.",
};

/**
 * Tries the engines in order and stops at the first that loads; a forced engine is the only one tried.
 * @param preferred what `auto` shall try before its turn
 * @throws EngineError when the forced engine, or every engine, fails
 */
export async function runChain(
  wanted: EngineName | 'auto',
  loaders: Record<EngineName, EngineLoader>,
  preferred?: Preference,
): Promise<ChainResult> {
  const attempts: EngineAttempt[] = [];
  for (const engine of wanted === 'auto' ? inOrder(preferred) : [wanted]) {
    try {
      const loaded = await loaders[engine]();
      if (wanted === 'auto' && engine === preferred?.engine) attempts.push(...passedOver(preferred));
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

function passedOver({ engine, before, reason }: Preference): EngineAttempt[] {
  const between = engineNames.slice(engineNames.indexOf(before) + 1, engineNames.indexOf(engine));
  return [
    { engine: before, loaded: false, reason },
    ...between.map((name) => ({ engine: name, loaded: false, reason: 'it has no fused kernels here' })),
  ];
}

/** The engines, best first, with the preferred one before the one that it is preferred to. */
function inOrder(preferred: Preference | undefined): EngineName[] {
  if (!preferred) return [...engineNames];
  const others = engineNames.filter((engine) => engine !== preferred.engine);
  others.splice(others.indexOf(preferred.before), 0, preferred.engine);
  return others;
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
