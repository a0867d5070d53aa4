import { EngineError } from '../engineError.js';
import { findInstallation, type TensorflowInstallation } from '../tensorflowInstallation.js';
import { installFromWheel } from './installFromWheel.js';
import { installOfficial } from './installOfficial.js';
import { hasNvidiaDriver, platformFacts, unsupportedReason } from './platform.js';

/** Options of {@link installEngine}. */
export interface InstallOptions {
  /** The build with CUDA: `auto` (default) tries it where there is an NVIDIA driver. */
  readonly gpu?: 'auto' | boolean;
  /** Receives one line at a time on what is done and why something was not. */
  readonly log?: (line: string) => void;
}

/** One way that was tried. */
export interface InstallAttempt {
  /** `official`: prebuilt; `wheel`: compiled against the wheel's libtensorflow. */
  readonly way: 'official' | 'wheel';
  readonly gpu: boolean;
  readonly installed: boolean;
  /** Why it failed, or empty. */
  readonly reason: string;
}

/** Outcome of {@link installEngine}. */
export interface InstallResult {
  readonly attempts: readonly InstallAttempt[];
  /** The installation that is there now, `null` when only WebAssembly is left. */
  readonly installation: TensorflowInstallation | null;
}

type Ways = Record<InstallAttempt['way'], (gpu: boolean, log: (line: string) => void) => Promise<string>>;

const ways: Ways = { official: (gpu) => installOfficial(gpu), wheel: installFromWheel };

/**
 * Installs native TensorFlow into the user's cache in the first way that works: the official prebuilt one, then the
 * addon compiled against the libtensorflow of the official wheel. Where neither works, WebAssembly serves, which
 * needs no install: that is a result, not an error.
 */
export async function installEngine({ gpu = 'auto', log = () => {} }: InstallOptions): Promise<InstallResult> {
  const unsupported = unsupportedReason(platformFacts());
  if (unsupported) {
    log(`No native TensorFlow: ${unsupported}. WebAssembly is used instead.`);
    return { attempts: [], installation: null };
  }
  const attempts: InstallAttempt[] = [];
  for (const wantsGpu of wantsGpuFirst(gpu, log)) {
    const found = await installOneOf(ways, wantsGpu, attempts, log);
    if (found) return { attempts, installation: found };
  }
  const causes = attempts.map(({ way, reason }) => `${way}: ${reason.replace(/\.$/, '')}`).join('; ');
  log(`No native TensorFlow (${causes}). WebAssembly is used instead.`);
  return { attempts, installation: null };
}

function wantsGpuFirst(gpu: 'auto' | boolean, log: (line: string) => void): boolean[] {
  const driver = hasNvidiaDriver();
  if (gpu === true && !driver) log('There is no NVIDIA driver on this machine: installing the build for the processor.');
  return driver && gpu !== false ? [true, false] : [false];
}

/** Tries the ways in order and records each; gives the installation of the first that works. */
export async function installOneOf(
  ways: Ways,
  gpu: boolean,
  attempts: InstallAttempt[],
  log: (line: string) => void,
): Promise<TensorflowInstallation | undefined> {
  for (const way of ['official', 'wheel'] as const) {
    try {
      const version = await ways[way](gpu, log);
      attempts.push({ way, gpu, installed: true, reason: '' });
      log(`TensorFlow ${version} is installed (${way}${gpu ? ', GPU' : ''}).`);
      return findInstallation(gpu)?.tensorflow;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      attempts.push({ way, gpu, installed: false, reason: error.message });
    }
  }
  return undefined;
}
