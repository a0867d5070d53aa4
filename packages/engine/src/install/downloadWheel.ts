import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfFile, throughProxy } from '@pixelrnn/files';
import { EngineError } from '../engineError.js';
import { failureLine, runProgram } from './runProgram.js';
import type { Wheel } from './wheels.js';

/** Fetches a wheel into a folder and gives its path; the user's own pip does it in {@link fetchWithPip}. */
export type FetchWheel = (wheel: Wheel, folder: string) => Promise<string>;

/**
 * Fetches a wheel and checks size and SHA-256; what does not match is removed.
 * @returns the wheel's path inside `folder`
 * @throws EngineError when it cannot be fetched or is not the wheel that was pinned
 */
export async function downloadWheel(wheel: Wheel, folder: string, fetchWheel: FetchWheel): Promise<string> {
  const path = await fetchWheel(wheel, folder);
  const { size } = await stat(path);
  const sha256 = await sha256OfFile(path);
  if (size === wheel.bytes && sha256 === wheel.sha256) return path;
  await rm(path, { force: true });
  throw new EngineError(
    `The download of ${wheel.project} ${wheel.version} is not the expected file: expected ${wheel.bytes} bytes with SHA-256 ${wheel.sha256}, got ${size} bytes with ${sha256}. It was removed; try again, and check the package index that pip is set up with.`,
  );
}

/** Fetches with the user's pip, so that their package index, mirror, proxy and certificates are the ones used. */
export const fetchWithPip: FetchWheel = async (wheel, folder) => {
  const python = await findPython(wheel.project);
  const into = await mkdtemp(join(folder, 'wheel-'));
  const requirements = join(into, 'requirements.txt');
  await writeFile(requirements, `${wheel.project}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const options = ['--no-deps', '--no-cache-dir', '--require-hashes', '--only-binary=:all:', '--no-input'];
  const target = [
    '--python-version',
    wheel.python ?? '3.12',
    '--implementation',
    'cp',
    '--platform',
    wheel.tag,
  ];
  const patience = ['--retries', '2', '--timeout', '30', '--progress-bar', 'off'];
  const result = await runProgram(
    python,
    ['-m', 'pip', 'download', ...options, ...target, ...patience, '--dest', into, '-r', requirements],
    { seconds: 3600, env: { ...process.env, TMPDIR: into, PIP_DISABLE_PIP_VERSION_CHECK: '1' } },
  );
  if (result.code !== 0) {
    const proxied = /proxy/i.test(result.stderr) ? throughProxy() : '';
    throw new EngineError(
      `pip cannot fetch ${wheel.project} ${wheel.version}${proxied}: ${failureLine(result)}`,
    );
  }
  const name = (await readdir(into)).find((file) => file.endsWith('.whl'));
  if (!name)
    throw new EngineError(`pip said it fetched ${wheel.project} ${wheel.version}, but left no wheel.`);
  return join(into, name);
};

/**
 * A Python 3 that has pip.
 * @throws EngineError when there is none
 */
async function findPython(project: string): Promise<string> {
  const reasons: string[] = [];
  for (const command of ['python3', 'python']) {
    const result = await runProgram(command, ['-m', 'pip', '--version'], { seconds: 60 });
    if (result.code === 0) return command;
    reasons.push(result.trouble || `${command} has no pip`);
  }
  throw new EngineError(`Fetching ${project} needs Python 3 with pip: ${reasons.join(', ')}.`);
}
