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
  /** Version of libtensorflow that is installed now, `null` when this way failed. */
  readonly tensorflow: string | null;
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
 * Installs native TensorFlow into the user's cache in the first way that works: the addon compiled against the
 * libtensorflow of the official wheel, then the official prebuilt one, which is years older. Where neither works, WebAssembly serves, which
 * needs no install: that is a result, not an error.
 */
export async function installEngine({
  gpu = 'auto',
  log = () => {},
}: InstallOptions): Promise<InstallResult> {
  const unsupported = unsupportedReason(platformFacts());
  if (unsupported) {
    log(`No native TensorFlow: ${unsupported}. WebAssembly is used instead.`);
    return { attempts: [], installation: null };
  }
  const attempts: InstallAttempt[] = [];
  for (const wantsGpu of wantsGpuFirst(gpu, log)) {
    if (!(await tryWays(ways, wantsGpu, attempts, log))) continue;
    log(success(attempts));
    return { attempts, installation: findInstallation(wantsGpu)?.tensorflow ?? null };
  }
  return { attempts, installation: whatIsLeft(attempts, log) };
}

/** The build with CUDA where it is there and the processor's, which would be used, failed; `null`, for WebAssembly, where not. */
export function whatIsLeft(
  attempts: readonly InstallAttempt[],
  log: (line: string) => void,
): TensorflowInstallation | null {
  const other = findInstallation(true)?.tensorflow ?? null;
  const what = other ? 'No TensorFlow for processors' : 'No native TensorFlow';
  const instead = other ? 'The build for GPUs, which is there,' : 'WebAssembly';
  log(`${what} (${failures(attempts)}). ${instead} is used instead.`);
  return other;
}

function wantsGpuFirst(gpu: 'auto' | boolean, log: (line: string) => void): boolean[] {
  const driver = hasNvidiaDriver();
  if (gpu === true && !driver)
    log('There is no NVIDIA driver on this machine: installing the build for the processor.');
  return driver && gpu !== false ? [true, false] : [false];
}

/** Tries the ways in order, first the one that is in the cache already; records each and ends with the first success. */
export async function tryWays(
  ways: Ways,
  gpu: boolean,
  attempts: InstallAttempt[],
  log: (line: string) => void,
): Promise<boolean> {
  const order: InstallAttempt['way'][] = ['wheel', 'official'];
  if (findInstallation(gpu)?.way === 'official') order.reverse();
  for (const way of order) {
    try {
      const tensorflow = await ways[way](gpu, log);
      attempts.push({ way, gpu, tensorflow, reason: '' });
      return true;
    } catch (error) {
      attempts.push({ way, gpu, tensorflow: null, reason: (error as Error).message });
    }
  }
  return false;
}

const wayNames = { official: 'official build', wheel: "wheel's build" };

function success(attempts: readonly InstallAttempt[]): string {
  const { way, gpu, tensorflow } = attempts.at(-1)!;
  const failed = failures(attempts);
  const note = failed ? `. Not used: ${failed}.` : '.';
  return `TensorFlow ${tensorflow} is installed: the ${wayNames[way]}${gpu ? ' for GPUs' : ''}${note}`;
}

function failures(attempts: readonly InstallAttempt[]): string {
  return attempts
    .filter(({ tensorflow }) => tensorflow === null)
    .map(({ way, gpu, reason }) => `${wayNames[way]}${gpu ? ' for GPUs' : ''}: ${reason.replace(/\.$/, '')}`)
    .join('; ');
}
