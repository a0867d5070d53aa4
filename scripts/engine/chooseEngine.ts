import {
  describeComparison,
  type EngineComparison,
  EngineError,
  forgetComparison,
  fusedAdvantage,
  keepComparison,
  readComparison,
  tensorflowInstallation,
} from '@pixelrnn/engine';
import { FileError } from '@pixelrnn/files';
import { nativeKernelsPath } from '@pixelrnn/kernels/native';
import { compareEngines } from './compareEngines.js';

type Log = (line: string) => void;

/** The two engines to compare, with composed and with fused kernels. */
export interface Rivals {
  readonly composed: EngineComparison['composed']['engine'];
  readonly fused: EngineComparison['fused']['engine'];
}

/**
 * @param gpu whether native TensorFlow is the build with CUDA; undefined where there is none
 * @param fused whether native TensorFlow on the processor has fused kernels
 * @returns undefined where the engine that comes first has fused kernels
 */
export function rivalsOf(gpu: boolean | undefined, fused: boolean): Rivals | undefined {
  if (gpu === undefined || (!gpu && fused)) return undefined;
  return { composed: gpu ? 'gpu' : 'node', fused: fused ? 'node' : 'wasm' };
}

/**
 * What `auto` goes by where native TensorFlow has no fused kernels: which engine trains faster, measured once and kept in the
 * cache. Where it has them nothing is kept.
 *
 * @param unavailable why there are no fused kernels for the processor, a phrase; undefined where there are
 * @param measure takes the place of the measurement
 */
export async function chooseEngine(
  unavailable: string | undefined,
  log: Log,
  measure: (rivals: Rivals) => Pick<EngineComparison, 'composed' | 'fused'> = measureRivals,
): Promise<void> {
  const rivals = rivalsOf(tensorflowInstallation()?.gpu, unavailable === undefined);
  if (!rivals) {
    await forgetComparison();
    return;
  }
  const missing = rivals.fused === 'wasm' ? missingKernels() : null;
  const kept = readComparison();
  if (
    kept?.missing === missing &&
    kept.composed.engine === rivals.composed &&
    kept.fused.engine === rivals.fused
  ) {
    log(verdict(kept));
    return;
  }
  const [composed, fused] = namesOf(rivals) as [string, string];
  log(`Measuring whether ${fused}, which has fused kernels, trains faster than ${composed} without them...`);
  try {
    const comparison = { missing, ...measure(rivals) };
    await keepComparison(comparison);
    log(verdict(comparison));
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof FileError)) throw error;
    const where = rivals.composed === 'gpu' ? ' where it can be' : '';
    log(`${error.message} ${capital(composed)} is used${where}, with composed kernels.`);
  }
}

const namesOf = ({ composed, fused }: Rivals) => [
  composed === 'gpu' ? 'the GPU' : 'TensorFlow',
  fused === 'node' ? 'the processor' : 'WebAssembly',
];

const capital = (phrase: string) => `${phrase[0]!.toUpperCase()}${phrase.slice(1)}`;

/** Two or three sentences, with both figures. */
export function verdict(comparison: EngineComparison): string {
  const gpu = comparison.composed.engine === 'gpu';
  const engines = { composed: comparison.composed.engine, fused: comparison.fused.engine };
  const [composed, fused] = namesOf(engines) as [string, string];
  const faster = fusedAdvantage(comparison) > 1;
  const missing = gpu ? 'There are no fused kernels for GPUs' : 'TensorFlow has no fused kernels here';
  const used = faster ? `${capital(fused)} is used` : `${capital(composed)} is used all the same`;
  const figures = `with ${fused}'s fused ones training gives ${describeComparison(comparison)} with ${composed}'s composed ones`;
  const large = gpu && faster ? ' Large models may train faster with PIXELRNN_ENGINE=gpu.' : '';
  return `${missing}. ${used}: ${figures}.${large}`;
}

function measureRivals({ composed, fused }: Rivals): Pick<EngineComparison, 'composed' | 'fused'> {
  const speeds = compareEngines({
    composed: { engine: composed, kernels: 'composed' },
    fused: { engine: fused, kernels: 'fused' },
  });
  return {
    composed: { engine: composed, speeds: speeds.composed },
    fused: { engine: fused, speeds: speeds.fused },
  };
}

function missingKernels(): string | null {
  try {
    return nativeKernelsPath();
  } catch {
    return null; // the processor's features or the sources cannot be read: they cannot be built either
  }
}
