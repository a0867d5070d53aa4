import { resolve } from 'node:path';
import envPaths from 'env-paths';
import { expandHome } from './userPath.js';

/**
 * The user's cache folder of this project: PIXELRNN_CACHE_DIR, else the operating system's place for caches. It holds
 * what every checkout shares (libtensorflow, compiled addons, datasets) and may be deleted at any time. Not created here.
 */
export function cacheDir(): string {
  const chosen = process.env.PIXELRNN_CACHE_DIR;
  return chosen ? resolve(expandHome(chosen)) : envPaths('pixelrnn', { suffix: '' }).cache;
}
