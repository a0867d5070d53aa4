import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the peers' programs and requirements are. */
export const peersFolder = join(import.meta.dirname, 'peers');

/** Where the peers' virtual environment is. */
export const venvFolder = join(import.meta.dirname, '.venv');

/** The virtual environment's interpreter. */
export const venvPython = join(
  venvFolder,
  process.platform === 'win32' ? join('Scripts', 'python.exe') : join('bin', 'python'),
);

/** Written last by the installation, so that an interrupted one does not count. */
export const stampFile = join(venvFolder, 'requirements.sha256');

/** pip's requirement files, in the order of their installation; the last is for PyTorch's builds with CUDA only. */
export const requirementFiles = ['requirements.txt', 'requirements-torch.txt', 'requirements-cuda.txt'].map(
  (name) => join(peersFolder, name),
) as [string, string, string];

/** Fingerprint of the pinned versions. */
export function requirementsDigest(): string {
  return createHash('sha256')
    .update(requirementFiles.map((file) => readFileSync(file, 'utf8')).join('\0'))
    .digest('hex');
}

/** Why the peers cannot run, with the remedy, in one sentence; null where they can. */
export function whyNoPeers(): string | null {
  if (!existsSync(stampFile)) return 'PyTorch and JAX are not installed: `pnpm bench setup` installs them.';
  if (readFileSync(stampFile, 'utf8') !== requirementsDigest())
    return 'Other versions of PyTorch and JAX are pinned than are installed: run `pnpm bench setup`.';
  return null;
}
