import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './usageError.js';

/**
 * Looks at `--out`, or the nearest folder above it that is there, before anything is done.
 *
 * @throws UsageError where it is no folder, or cannot be used
 */
export async function requireOut(out: string, use: 'written' | 'read' = 'written'): Promise<void> {
  const fail = (why: string) =>
    new UsageError(`--out should be a folder that can be ${use}, but ${why}: choose another.`);
  for (let path = out; ; path = dirname(path)) {
    try {
      if (!(await stat(path)).isDirectory()) throw fail(`${path} is a file`);
      await access(path, (use === 'read' ? constants.R_OK : constants.W_OK) | constants.X_OK);
      return;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (!['ENOENT', 'ENOTDIR'].includes(code ?? '') || path === dirname(path)) {
        throw fail(`${path} cannot be ${use} (${code})`);
      }
    }
  }
}
