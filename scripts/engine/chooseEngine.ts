import {
  describeComparison,
  type EngineComparison,
  EngineError,
  forgetComparison,
  fusedAdvantage,
  hasNvidiaDriver,
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
  const installation = tensorflowInstallation();
  const gpu = installation?.gpu && hasNvidiaDriver();
  for (const withGpu of gpu ? [true, false] : [false]) {
    const rivals = rivalsOf(installation ? withGpu : undefined, unavailable === undefined);
    if (!rivals) break;
    if (await keepFaster(rivals, log, measure)) return;
  }
  await forgetComparison();
}

/** @returns whether a comparison of the two is kept */
async function keepFaster(
  rivals: Rivals,
  log: Log,
  measure: (rivals: Rivals) => Pick<EngineComparison, 'composed' | 'fused'>,
): Promise<boolean> {
  const kernels = kernelsPath();
  const [missing, measured] = rivals.fused === 'wasm' ? [kernels, null] : [null, kernels];
  const kept = readComparison();
  if (
    kept?.missing === missing &&
    kept.measured === measured &&
    kept.composed.engine === rivals.composed &&
    kept.fused.engine === rivals.fused
  ) {
    log(verdict(kept));
    return true;
  }
  const [composed, fused] = namesOf(rivals);
  log(`Measuring whether ${fused}, which has fused kernels, trains faster than ${composed} without them...`);
  try {
    const comparison = { missing, measured, ...measure(rivals) };
    await keepComparison(comparison);
    log(verdict(comparison));
    return true;
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof FileError)) throw error;
    log(`${error.message} It is not known which trains faster: auto takes ${composed} where it can.`);
    return false;
  }
}

const namesOf = ({ composed, fused }: Rivals): [composed: string, fused: string] => [
  composed === 'gpu' ? 'the GPU' : 'TensorFlow',
  fused === 'node' ? 'the processor' : 'WebAssembly',
];

/** Two or three sentences, with both figures. */
export function verdict(comparison: EngineComparison): string {
  const gpu = comparison.composed.engine === 'gpu';
  const [composed, fused] = namesOf({ composed: comparison.composed.engine, fused: comparison.fused.engine });
  const faster = fusedAdvantage(comparison) > 1;
  const missing = gpu ? 'There are no fused kernels for GPUs' : 'TensorFlow has no fused kernels here';
  const taken = faster ? fused : `${composed} all the same`;
  const figures = `with ${fused}'s fused ones training gives ${describeComparison(comparison)} with ${composed}'s composed ones`;
  const large = gpu && faster ? ' Large models may train faster with PIXELRNN_ENGINE=gpu.' : '';
  return `${missing}. auto takes ${taken}: ${figures}.${large}`;
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

function kernelsPath(): string | null {
  try {
    return nativeKernelsPath();
  } catch {
    return null; // the processor's features or the sources cannot be read: they cannot be built either
  }
}
