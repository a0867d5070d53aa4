import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Names of the processor's features as the operating system lists them, lower case; empty when it cannot say. */
export function processorFeatures(): ReadonlySet<string> {
  try {
    return parseFeatures(
      process.platform === 'darwin'
        ? execFileSync('sysctl', ['-n', 'machdep.cpu.features', 'machdep.cpu.leaf7_features'], {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          })
        : readFileSync('/proc/cpuinfo', 'utf8'),
    );
  } catch {
    return new Set(); // another system, or an Apple processor, which has no such list
  }
}

/** Features out of `/proc/cpuinfo` (first processor) or out of sysctl's plain list. */
export function parseFeatures(text: string): ReadonlySet<string> {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1] ?? text;
  return new Set(line.toLowerCase().split(/\s+/).filter(Boolean));
}

/** Floats in the widest vector register of the processor: 16 with AVX-512, 8 with AVX2, else 4 (SSE, NEON). */
export function vectorWidth(features: ReadonlySet<string> = processorFeatures()): number {
  if (features.has('avx512f')) return 16;
  return features.has('avx2') ? 8 : 4;
}
