import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Compiler, provideCompiler } from '@pixelrnn/engine';
import type { Unavailable } from '../dispatch/kernelKind.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

export interface BuildOptions {
  /** Takes one line of progress; default none. */
  log?: (line: string) => void;
}

/** The folder of an addon, and whether it had to be built. */
export interface BuiltKernels {
  folder: string;
  built: boolean;
}

/** An addon to be compiled. */
export interface AddonSources {
  /** File inside the folder. */
  addonName: string;
  /** The folder of the cache; may throw. */
  folder: () => string;
  /** Arguments of the compiler, sources and libraries among them, for the folder. */
  compilerArguments: (folder: string) => string[];
  /** Said before compiling. */
  message: string;
  /** Default {@link provideCompiler}'s. */
  compiler?: Compiler;
}

/**
 * Compiles an addon of Node's into the cache, unless it is there.
 *
 * Nothing half-built is ever loaded: the compiler writes into a folder of its own, which is renamed at the end. Two
 * builds at once both succeed.
 *
 * @returns the folder, or why there is no addon, a phrase without a full stop
 */
export async function buildAddon(
  { addonName, folder: folderOf, compilerArguments, message, compiler }: AddonSources,
  { log }: BuildOptions,
): Promise<BuiltKernels | Unavailable> {
  try {
    const folder = folderOf();
    const isBuilt = () => existsSync(join(folder, addonName));
    if (isBuilt()) return { folder, built: false };
    log?.(message);
    const partial = await makePartial(folder);
    try {
      // A folder beside the final one: paths relative to the addon hold in both.
      await compile(
        compiler ?? (await provideCompiler(log ? { log } : {})),
        compilerArguments(folder),
        join(partial, addonName),
      );
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      // Another build may have been faster; then the folder is complete.
      if (!isBuilt()) throw error;
    }
    return { folder, built: true };
  } catch (error) {
    return { unavailable: `they cannot be built: ${reason(error)}` };
  }
}

/** A folder beside the final one. */
async function makePartial(folder: string): Promise<string> {
  const cache = dirname(folder);
  try {
    await mkdir(cache, { recursive: true });
    return await mkdtemp(join(cache, `.partial-${basename(folder).split('-')[0]}-`));
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${cache} cannot be written (${message}): set PIXELRNN_CACHE_DIR to a folder that can`);
  }
}

async function compile(
  { command, args, env }: Compiler,
  compilerArguments: string[],
  output: string,
): Promise<void> {
  const nodeApi = join(dirname(require.resolve('node-api-headers')), 'include');
  const mac = process.platform === 'darwin';
  await run(
    command,
    [
      ...args,
      ...(mac ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
      `-I${nodeApi}`,
      ...compilerArguments,
      '-o',
      output,
      '-pthread',
    ],
    { maxBuffer: 64 << 20, timeout: 1_200_000, env },
  );
}

function reason(error: unknown): string {
  const { message, stderr = '' } = error as { message: string; stderr?: string };
  const lines = stderr.split('\n').map((line) => line.trim());
  const line = lines.find((text) => /\berror\b/i.test(text)) ?? (message.split('\n', 1)[0] as string);
  return line.replace(/\.$/, '');
}
