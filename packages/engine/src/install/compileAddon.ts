import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EngineError } from '../engineError.js';
import { failureLine, runProgram } from './runProgram.js';

const require = createRequire(import.meta.url);

/** The C++ compiler: the environment's CXX, else `c++`. */
export function compiler(): string {
  return process.env['CXX'] || 'c++';
}

/**
 * Checks that there is a C++ compiler.
 * @throws EngineError naming the one that was looked for
 */
export async function requireCompiler(): Promise<void> {
  const result = await runProgram(compiler(), ['--version'], { seconds: 60 });
  if (result.code !== 0) {
    throw new EngineError(
      `Building the addon needs a C++ compiler: ${failureLine(result)} (set CXX to another).`,
    );
  }
}

/**
 * Compiles the addon of the npm package against the libtensorflow of a wheel.
 * @param packageFolder the npm package, whose `binding/` holds the source
 * @param tensorflow folder that a wheel was unpacked into
 * @param output path of the addon, in a folder beside `tensorflow`: the addon finds the libraries relative to itself,
 * so the cache can be moved as a whole
 * @throws EngineError with the compiler's first error
 */
export async function compileAddon(packageFolder: string, tensorflow: string, output: string): Promise<void> {
  const libraries = join(tensorflow, 'tensorflow');
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(packageFolder, 'binding', name));
  const nodeApi = join(dirname(require.resolve('node-api-headers')), 'include');
  const headers = [nodeApi, join(libraries, 'include'), packageFolder];
  const result = await runProgram(
    compiler(),
    [
      ...['-std=c++17', '-O2', '-fPIC', '-w', '-DNAPI_VERSION=8'],
      ...headers.map((folder) => `-I${folder}`),
      ...sources,
      ...['-o', output],
      ...linkOptions(libraries, `../${basename(dirname(libraries))}/tensorflow`),
    ],
    { seconds: 600 },
  );
  if (result.code !== 0) throw new EngineError(`the addon does not compile: ${failureLine(result)}`);
}

function linkOptions(libraries: string, fromAddon: string): string[] {
  if (process.platform === 'darwin') {
    const names = ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'];
    return [
      ...['-bundle', '-undefined', 'dynamic_lookup'],
      ...names.map((name) => join(libraries, name)),
      `-Wl,-rpath,@loader_path/${fromAddon}`,
    ];
  }
  return [
    ...['-shared', `-L${libraries}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    `-Wl,-rpath,$ORIGIN/${fromAddon}`,
  ];
}
