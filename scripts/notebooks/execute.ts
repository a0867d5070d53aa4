import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CommandError } from '../generation/command.js';
// @ts-expect-error: a plain script, with JSDoc types only
import { ensureVenv, jupyterEnvironment } from '../venv.mjs';
import { complaints, type Notebook, readNotebook, reproducible } from './notebookFile.js';

/**
 * Executes a notebook from top to bottom with the real kernel, in the notebook's folder; the file stays as it is.
 *
 * @returns the executed notebook, without what differs from one execution to the next
 * @throws CommandError where the file is no notebook, or a cell fails or writes on stderr
 */
export async function executeNotebook(path: string, signal?: AbortSignal): Promise<Notebook> {
  await readNotebook(path); // nbconvert says in a traceback what is wrong with it
  const folder = await mkdtemp(join(tmpdir(), 'pixelrnn-notebook-'));
  try {
    await nbconvert(path, folder, signal);
    const executed = reproducible(await readNotebook(join(folder, basename(path))));
    const wrong = complaints(executed);
    if (wrong.length > 0) throw new CommandError(`${basename(path)}: ${wrong.join('\n')}`);
    return executed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function nbconvert(path: string, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const child = spawn(
    ensureVenv() as string,
    [
      ...['-m', 'nbconvert', '--to=notebook', '--execute'],
      '--ExecutePreprocessor.timeout=600',
      '--ExecutePreprocessor.record_timing=False',
      `--output-dir=${folder}`,
      path,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: jupyterEnvironment() },
  );
  const end = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', end);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  signal?.removeEventListener('abort', end);
  if (signal?.aborted) throw new CommandError('interrupted; the notebook is as it was.');
  if (status === 0) return;
  const error = said.slice(Math.max(0, said.lastIndexOf('CellExecutionError'))).trim();
  throw new CommandError(`${basename(path)} failed:\n${error}`);
}
