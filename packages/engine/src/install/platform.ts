import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processorFeatures } from '../vectorWidth.js';

/** Operating system and processor in one word, `linux-x64`; a part of every folder name in the cache. */
export function platformId(): string {
  return `${process.platform}-${process.arch}`;
}

/** What a platform needs so that libtensorflow runs on it. */
export interface PlatformFacts {
  readonly id: string;
  /** Version of the GNU C library, `undefined` where there is none (musl, macOS). */
  readonly glibc: string | undefined;
  readonly features: ReadonlySet<string>;
}

/** The facts of this machine. */
export function platformFacts(): PlatformFacts {
  const { report: reports } = process as { report: NodeJS.ProcessReport & { excludeNetwork?: boolean } };
  reports.excludeNetwork = true; // else it looks up the name of every open connection
  const report = reports.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return { id: platformId(), glibc: report.header.glibcVersionRuntime, features: processorFeatures() };
}

const oldestGlibc = [2, 27] as const;

/** One sentence saying why no libtensorflow runs on this platform, or `undefined` when one does. */
export function unsupportedReason({ id, glibc, features }: PlatformFacts): string | undefined {
  if (!['linux-x64', 'linux-arm64', 'darwin-arm64'].includes(id)) {
    return `there is no current libtensorflow for ${id} (there is for linux-x64, linux-arm64 and darwin-arm64)`;
  }
  if (!id.startsWith('linux')) return undefined;
  if (!glibc) return 'this Linux has no GNU C library (musl), which libtensorflow needs';
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  if (major < oldestGlibc[0] || (major === oldestGlibc[0] && minor < oldestGlibc[1])) {
    return `the GNU C library is ${glibc}, libtensorflow needs ${oldestGlibc.join('.')} or newer`;
  }
  if (id === 'linux-x64' && features.size > 0 && !features.has('avx')) {
    return 'this processor has no AVX, which libtensorflow needs';
  }
  return undefined;
}

/** Traces that NVIDIA's driver leaves on a machine: native Linux, containers, Windows' Linux. */
const driverTraces = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'];

/** Models of the GPUs that the driver of native Linux lists in a folder of its own; empty where it lists none. */
export function gpuModels(folder = '/proc/driver/nvidia/gpus'): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name, 'information'))
    .filter((path) => existsSync(path))
    .map((path) => /^Model:\s*(.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 'unknown')
    .sort();
}

/** Whether an NVIDIA driver serves this machine. Looks at files only, so it costs nothing at each start. */
export function hasNvidiaDriver(): boolean {
  return process.platform === 'linux' && driverTraces.some((path) => existsSync(path));
}
