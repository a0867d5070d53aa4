import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: a plain script, with JSDoc types only
import { ensureVenv, findPython, jupyterPath } from '../../../../scripts/venv.mjs';
import { KernelClient } from './kernelClient.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Whether there is a Python to speak the protocol; it is the one thing for want of which these tests are skipped. */
export const hasPython: boolean = findPython() !== null;

/** Builds this package and starts the kernel of the committed kernelspec in a folder. */
export async function startKernel(folder: string): Promise<KernelClient> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const project = join(root, 'packages/kernel');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-b', project], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The kernel cannot be built:\n${stdout}`);
  return new KernelClient(ensureVenv(), jupyterPath, folder).ready();
}
