import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, readManifest } from '@pixelrnn/files';
import { addonFolder, officialFolder, tensorflowFolder } from './install/folders.js';
import { hasNvidiaDriver } from './install/platform.js';

/** The libtensorflow that the engines `node` and `gpu` use: what further native code is compiled against. */
export interface TensorflowInstallation {
  /** Version of libtensorflow. */
  readonly version: string;
  /** Folder with `tensorflow/c/c_api.h` below it: `-I`. */
  readonly includeDir: string;
  /** Folder of the libraries: `-L`, and the run path. */
  readonly libraryDir: string;
  /** File names of the libraries inside `libraryDir`, in link order. */
  readonly libraries: readonly string[];
  /** Whether this is the build with CUDA. */
  readonly gpu: boolean;
}

/** An installation together with the addon that TensorFlow.js reaches it through. */
export interface NativeInstallation {
  /** Path of `tfjs_binding.node`. */
  readonly addon: string;
  /** Path of the helper that keeps the addon's start quiet, absent from prebuilt installations. */
  readonly quiet?: string;
  /** How it was installed. */
  readonly way: 'official' | 'wheel';
  readonly tensorflow: TensorflowInstallation;
}

let used: NativeInstallation | undefined;

/** Remembers the installation that this process loaded. */
export function setUsedInstallation(installation: NativeInstallation): void {
  used = installation;
}

/** The installation that this process loaded, if any. */
export function usedInstallation(): NativeInstallation | undefined {
  return used;
}

/**
 * The libtensorflow of this process's engine, or, before one is loaded, the one that `auto` would try first.
 * @returns `null` when none is installed completely
 */
export function tensorflowInstallation(): TensorflowInstallation | null {
  const [first, second] = hasNvidiaDriver() ? [true, false] : [false, true];
  return (used ?? findInstallation(first) ?? findInstallation(second))?.tensorflow ?? null;
}

/** The complete installation of one kind in the cache, or `undefined`. */
export function findInstallation(gpu: boolean): NativeInstallation | undefined {
  return findCompiled(gpu) ?? findOfficial(gpu);
}

function findCompiled(gpu: boolean): NativeInstallation | undefined {
  const root = tensorflowFolder(gpu);
  const addon = addonFolder(gpu);
  if (!root || !addon) return undefined;
  const manifest = readManifest(root);
  if (!manifest || !readManifest(addon)) return undefined;
  const libraryDir = join(root, 'tensorflow');
  return {
    addon: join(addon, 'tfjs_binding.node'),
    quiet: join(addon, 'quiet.node'),
    way: 'wheel',
    tensorflow: describe(join(libraryDir, 'include'), libraryDir, manifest, gpu),
  };
}

function findOfficial(gpu: boolean): NativeInstallation | undefined {
  const root = officialFolder(gpu);
  const manifest = root && readManifest(root);
  if (!root || !manifest) return undefined;
  const built = join(root, 'lib');
  const addon = readdirSync(built)
    .map((name) => join(built, name, 'tfjs_binding.node'))
    .find((path) => existsSync(path));
  if (!addon) return undefined;
  const deps = join(root, 'deps');
  return {
    addon,
    way: 'official',
    tensorflow: describe(join(deps, 'include'), join(deps, 'lib'), manifest, gpu),
  };
}

function describe(
  includeDir: string,
  libraryDir: string,
  { about }: Manifest,
  gpu: boolean,
): TensorflowInstallation {
  const libraries = readdirSync(libraryDir)
    .filter((name) => /^libtensorflow(_cc|_framework)?\.(so\.2|2\.dylib)$/.test(name))
    .sort(); // libtensorflow_cc and libtensorflow before libtensorflow_framework, which they need
  return { version: String(about.tensorflow), includeDir, libraryDir, libraries, gpu };
}
