import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EngineError } from '../engineError.js';
import type { Compiler } from './compiler.js';
import { quietSource } from './folders.js';
import { failureLine, runProgram } from './runProgram.js';

const require = createRequire(import.meta.url);

/**
 * Compiles the addon of the npm package against the libtensorflow of a wheel, and the helper that keeps its start
 * quiet: `tfjs_binding.node` and `quiet.node`.
 * @param packageFolder the npm package, whose `binding/` holds the source
 * @param tensorflow folder that a wheel was unpacked into
 * @param folder where the two go, beside `tensorflow`: the addon finds the libraries relative to itself, so the
 * cache can be moved as a whole
 * @throws EngineError with the compiler's first error
 */
export async function compileAddon(
  compiler: Compiler,
  packageFolder: string,
  tensorflow: string,
  folder: string,
): Promise<void> {
  const libraries = join(tensorflow, 'tensorflow');
  const include = [join(libraries, 'include'), packageFolder].map((path) => `-I${path}`);
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(packageFolder, 'binding', name));
  const link = [
    ...linkOptions(libraries, `../${basename(tensorflow)}/tensorflow`),
    ...cusolverOptions(tensorflow),
  ];
  await compile(compiler, [...include, ...sources, '-o', join(folder, 'tfjs_binding.node'), ...link]);
  await compile(compiler, [quietSource, '-o', join(folder, 'quiet.node')]);
}

async function compile({ command, args: first, env }: Compiler, args: readonly string[]): Promise<void> {
  const nodeApi = join(dirname(require.resolve('node-api-headers')), 'include');
  const shared = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  const options = [...shared, '-std=c++17', '-O2', '-fPIC', '-w', '-DNAPI_VERSION=8', `-I${nodeApi}`];
  const result = await runProgram(command, [...first, ...options, ...args], { seconds: 1200, env });
  if (result.code !== 0) throw new EngineError(`the addon does not compile: ${failureLine(result)}`);
}

function linkOptions(libraries: string, fromAddon: string): string[] {
  const mac = process.platform === 'darwin';
  const names = ['cc', 'framework'].map((part) => `libtensorflow_${part}.${mac ? '2.dylib' : 'so.2'}`);
  return [
    ...names.map((name) => join(libraries, name)),
    `-Wl,-rpath,${mac ? '@loader_path' : '$ORIGIN'}/${fromAddon}`,
  ];
}

const cusolver = 'nvidia/cusolver/lib';

/**
 * libtensorflow opens CUDA's libraries by name along its own run path, on which cuSOLVER's folder is missing; without that
 * library it uses no GPU. So the addon is linked with it: it is loaded by the time that libtensorflow asks for it.
 */
function cusolverOptions(tensorflow: string): string[] {
  const library = join(tensorflow, cusolver, 'libcusolver.so.11');
  if (!existsSync(library)) return []; // the build for processors
  return ['-Wl,--no-as-needed', library, `-Wl,-rpath,$ORIGIN/../${basename(tensorflow)}/${cusolver}`];
}
