import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, readManifest } from '@pixelrnn/files';
import { EngineError } from '../engineError.js';
import { formatBytes, requireSpace } from './diskSpace.js';
import { downloadWheel, type FetchWheel, fetchWithPip } from './downloadWheel.js';
import { platformId } from './platform.js';
import { failureLine, runProgram } from './runProgram.js';
import { provideFolder } from './sharedFolder.js';
import { unpackWheel } from './unpackWheel.js';
import { unpackedZigBytes, type Wheel, zigWheels } from './wheels.js';

/** A C++ compiler that takes the options of GCC and Clang. */
export interface Compiler {
  readonly command: string;
  /** What comes before all other arguments. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Options of {@link provideCompiler}. */
export interface CompilerOptions {
  /** Receives one line where something is fetched. */
  readonly log?: (line: string) => void;
}

/**
 * A C++ compiler that runs: the environment's CXX where that is set, else `c++`, else Clang out of ziglang's wheel, which
 * is kept in the user's cache folder.
 *
 * @throws EngineError naming what was looked for, where none can be had
 */
export async function provideCompiler({ log = () => {} }: CompilerOptions = {}): Promise<Compiler> {
  const { CXX: wanted } = process.env;
  const command = wanted || 'c++';
  const result = await runProgram(command, ['--version'], { seconds: 60 });
  if (result.code === 0) return { command, args: [], env: process.env };
  const absent = `there is no C++ compiler: ${failureLine(result)}`;
  if (wanted) throw new EngineError(`${absent} (CXX names it: unset it, or set it to another).`);
  try {
    return await provideZig(zigWheels[platformId()], fetchWithPip, log);
  } catch (error) {
    const reason = (error as Error).message.replace(/\.$/, '');
    throw new EngineError(`${absent}, and ziglang, which has one, cannot be had: ${reason}.`, {
      cause: error,
    });
  }
}

/** Clang out of a wheel of ziglang, fetched into the cache unless it is there. */
export async function provideZig(
  wheel: Wheel | undefined,
  fetchWheel: FetchWheel,
  log: (line: string) => void,
): Promise<Compiler> {
  if (!wheel) throw new EngineError(`there is no wheel for ${platformId()}`);
  const folder = join(cacheDir(), `zig-${wheel.version}-${platformId()}`);
  if (!readManifest(folder)) {
    await provideFolder(folder, async (partial) => {
      await requireSpace(partial, unpackedZigBytes + 2 * wheel.bytes);
      log(
        `No C++ compiler here: fetching ${wheel.project} ${wheel.version} (${formatBytes(wheel.bytes)}) with pip...`,
      );
      const download = join(partial, 'download');
      await mkdir(download);
      const path = await downloadWheel(wheel, download, fetchWheel);
      await unpackWheel(path, partial, (name) => name.startsWith('ziglang/'));
      await rm(download, { recursive: true });
      return { zig: wheel.version, source: wheel.project };
    });
  }
  const zig = join(folder, 'ziglang', 'zig');
  // Its C++ library is compiled at the first use, and kept.
  const objects = join(cacheDir(), 'zig-objects');
  return {
    command: zig,
    args: ['c++'],
    env: { ...process.env, ZIG_GLOBAL_CACHE_DIR: objects, ZIG_LOCAL_CACHE_DIR: objects },
  };
}
