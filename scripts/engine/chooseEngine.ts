import {
  describeComparison,
  type EngineComparison,
  EngineError,
  forgetComparison,
  keepComparison,
  readComparison,
  tensorflowInstallation,
  wasmAdvantage,
} from '@pixelrnn/engine';
import { FileError } from '@pixelrnn/files';
import { nativeKernelsPath } from '@pixelrnn/kernels/native';
import { compareEngines } from './compareEngines.js';

type Log = (line: string) => void;

/**
 * What `auto` goes by where native TensorFlow has no fused kernels: which engine trains faster, measured once and kept in the
 * cache. Where it has them nothing is kept.
 *
 * @param unavailable why there are no fused kernels, a phrase; undefined where there are
 * @param measure takes the place of the measurement
 */
export async function chooseEngine(
  unavailable: string | undefined,
  log: Log,
  measure: () => Pick<EngineComparison, 'node' | 'wasm'> = measureWithoutKernels,
): Promise<void> {
  const installation = tensorflowInstallation();
  if (!installation || installation.gpu || unavailable === undefined) {
    await forgetComparison();
    return;
  }
  const missing = missingKernels();
  const kept = readComparison();
  if (kept && kept.missing === missing) {
    log(verdict(kept));
    return;
  }
  log(
    'Measuring whether WebAssembly, which has fused kernels, trains faster than TensorFlow without them...',
  );
  try {
    const comparison = { missing, ...measure() };
    await keepComparison(comparison);
    log(verdict(comparison));
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof FileError)) throw error;
    log(`${error.message} TensorFlow is used, with composed kernels.`);
  }
}

/** One sentence with both figures. */
export function verdict(comparison: EngineComparison): string {
  const wasm = wasmAdvantage(comparison) > 1;
  const chosen = wasm ? 'WebAssembly is used' : 'TensorFlow is used all the same';
  return `TensorFlow has no fused kernels here. ${chosen}: with WebAssembly's fused ones training gives ${describeComparison(comparison)} with TensorFlow's composed ones.`;
}

function measureWithoutKernels(): Pick<EngineComparison, 'node' | 'wasm'> {
  return compareEngines({
    node: { engine: 'node', kernels: 'composed' },
    wasm: { engine: 'wasm', kernels: 'fused' },
  });
}

function missingKernels(): string | null {
  try {
    return nativeKernelsPath();
  } catch {
    return null; // the processor's features or the sources cannot be read: they cannot be built either
  }
}
