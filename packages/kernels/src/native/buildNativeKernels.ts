import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { type TensorflowInstallation, tensorflowInstallation } from '@pixelrnn/engine';
import type { Unavailable } from '../dispatch/kernelKind.js';
import { addonName, compilerFlags, kernelsFolder, sourceFiles, sourceRoot } from './kernelsFolder.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

export interface BuildOptions {
  /** Takes one line of progress; default none. */
  log?: (line: string) => void;
}

/** The folder of the addon, and whether it had to be built. */
export interface BuiltKernels {
  folder: string;
  built: boolean;
}

/**
 * Compiles the fused kernels as TensorFlow custom ops for this processor into the cache, unless they are there.
 *
 * Nothing half-built is ever loaded: the compiler writes into a folder of its own, which is renamed at the end. Two
 * builds at once both succeed. Where it cannot be done, the operations go on with composed kernels.
 *
 * @returns the folder, or why there are no native kernels, a phrase without a full stop
 */
export async function buildNativeKernels({ log }: BuildOptions = {}): Promise<BuiltKernels | Unavailable> {
  const tensorflow = tensorflowInstallation();
  if (!tensorflow) return { unavailable: 'TensorFlow is not installed here' };
  try {
    const folder = kernelsFolder(tensorflow);
    if (existsSync(join(folder, addonName))) return { folder, built: false };
    log?.(`Compiling the fused kernels for TensorFlow ${tensorflow.version} and this processor.`);
    await build(tensorflow, folder);
    return { folder, built: true };
  } catch (error) {
    return { unavailable: `they cannot be built: ${reason(error)}` };
  }
}

async function build(tensorflow: TensorflowInstallation, folder: string): Promise<void> {
  const cache = dirname(folder);
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, '.partial-kernels-'));
  try {
    // A folder beside the final one: paths relative to the addon hold in both.
    await compile(tensorflow, join(partial, addonName), relative(folder, tensorflow.libraryDir));
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another build may have been faster; then the folder is complete.
    if (!existsSync(join(folder, addonName))) throw error;
  }
}

async function compile(tensorflow: TensorflowInstallation, output: string, runPath: string): Promise<void> {
  const nodeApi = join(dirname(require.resolve('node-api-headers')), 'include');
  const { includeDir, libraryDir, libraries } = tensorflow;
  const mac = process.platform === 'darwin';
  await run(
    process.env.CXX || 'c++',
    [
      ...(mac ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
      ...compilerFlags(),
      `-I${sourceRoot}`,
      `-I${nodeApi}`,
      `-I${includeDir}`,
      ...sourceFiles(),
      '-o',
      output,
      `-L${libraryDir}`,
      ...libraries.map((name) => (mac ? join(libraryDir, name) : `-l:${name}`)),
      `-Wl,-rpath,${mac ? '@loader_path' : '$ORIGIN'}/${runPath}`,
      '-pthread',
    ],
    { maxBuffer: 64 << 20, timeout: 600_000 },
  );
}

function reason(error: unknown): string {
  const { code, message, stderr = '' } = error as { code?: unknown; message: string; stderr?: string };
  if (code === 'ENOENT' && message.startsWith('spawn')) {
    return `there is no C++ compiler '${process.env.CXX || 'c++'}' (set CXX to another)`;
  }
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.find((line) => /\berror\b/i.test(line)) ?? (message.split('\n', 1)[0] as string);
}
