import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that the kernels' own includes start from. */
export const sourceRoot = fileURLToPath(new URL('../../cpp/', import.meta.url));

/** Options of the C++ compiler that a kind of build has by `cpp/flags.txt`. */
export function sharedFlags(kind: string): string[] {
  const text = readFileSync(`${sourceRoot}flags.txt`, 'utf8');
  const [, flags] = new RegExp(`^${kind}: *(.*)$`, 'm').exec(text) ?? [];
  if (!flags) throw new Error(`cpp/flags.txt must have a line that begins with '${kind}:', it has none`);
  return flags.split(/\s+/);
}

/** What an addon for this processor is compiled for. */
export const processorFlags = (features: readonly string[]): string[] => [
  process.arch === 'arm64' ? '-mcpu=native' : '-march=native',
  ...(features.includes('avx512f') ? ['-mprefer-vector-width=512'] : []),
];
