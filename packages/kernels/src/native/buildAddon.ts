import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Compiler, failureLine, provideCompiler, provideFolder, runProgram } from '@pixelrnn/engine';
import type { Unavailable } from '../dispatch/kernelKind.js';
import { addonTrouble } from './addonTrouble.js';

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
 * Compiles an addon of Node's into the cache, unless one is there that loads.
 *
 * Nothing half-built is ever loaded: the compiler writes into a folder of its own, which is renamed once the addon has been
 * loaded from there. Two builds at once both succeed.
 *
 * @returns the folder, or why there is no addon, a phrase without a full stop
 */
export async function buildAddon(
  { addonName, folder: folderOf, compilerArguments, message, compiler }: AddonSources,
  { log }: BuildOptions,
): Promise<BuiltKernels | Unavailable> {
  try {
    const folder = folderOf();
    let built = false;
    const fill = async (partial: string) => {
      built = true;
      log?.(message);
      // A folder beside the final one: paths relative to the addon hold in both.
      const addon = join(partial, addonName);
      const chosen = compiler ?? (await provideCompiler(log ? { log } : {}));
      await compile(chosen, compilerArguments(folder), addon);
      if (folderOf() !== folder)
        throw new Error('the sources changed while they were compiled: run it again');
      const trouble = await addonTrouble(addon);
      if (trouble) throw new Error(`what was compiled does not load: ${trouble}`);
      return { addon: addonName };
    };
    await provideFolder(folder, fill, async (present) => !(await addonTrouble(join(present, addonName))));
    return { folder, built };
  } catch (error) {
    const [line] = (error as Error).message.split('\n', 1);
    return { unavailable: `they cannot be built: ${line?.replace(/\.$/, '')}` };
  }
}

async function compile(
  { command, args, env }: Compiler,
  compilerArguments: string[],
  output: string,
): Promise<void> {
  const nodeApi = join(dirname(require.resolve('node-api-headers')), 'include');
  const mac = process.platform === 'darwin';
  const all = [
    ...args,
    ...(mac ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
    `-I${nodeApi}`,
    ...compilerArguments,
    '-o',
    output,
    '-pthread',
  ];
  const result = await runProgram(command, all, { seconds: 1200, env });
  if (result.code === 0) return;
  const silent = !result.trouble && !`${result.stderr}${result.stdout}`.trim();
  throw new Error(`${silent ? 'the compiler says nothing but ' : ''}${failureLine(result)}`);
}
