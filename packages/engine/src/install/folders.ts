import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from '@pixelrnn/files';
import { platformId } from './platform.js';
import { wheelSets } from './wheels.js';

const require = createRequire(import.meta.url);

/** Raised by one whenever the compiler's options for a build change, so that older addons are not taken for current ones. */
const addonRevisions = { cpu: 1, gpu: 2 };

/** Source of the helper that keeps libtensorflow's start quiet. */
export const quietSource = fileURLToPath(new URL('../../native/quiet.cc', import.meta.url));

/** Name and place of the npm package behind an engine, or `undefined` when it is not installed. */
export function tfjsNodePackage(gpu: boolean): { name: string; folder: string; version: string } | undefined {
  const name = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  try {
    const path = require.resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    return { name, folder: dirname(path), version };
  } catch {
    return undefined; // an optional dependency: its absence is reported by the caller
  }
}

/** Where libtensorflow of the wheels belongs, or `undefined` on a platform without such wheels. */
export function tensorflowFolder(gpu: boolean): string | undefined {
  const key = wheelSetKey(gpu);
  const set = wheelSets[key];
  return set && join(cacheDir(), `tensorflow-${set.tensorflow}-${key}`);
}

/** Key of this platform in the table of wheels. */
export function wheelSetKey(gpu: boolean): string {
  return `${platformId()}${gpu ? '-gpu' : ''}`;
}

/**
 * Where the addon compiled against {@link tensorflowFolder} belongs: keyed by libtensorflow, platform and the
 * addon's own source. One addon serves all versions of Node, since it uses Node-API only.
 */
export function addonFolder(gpu: boolean): string | undefined {
  const set = wheelSets[wheelSetKey(gpu)];
  const tfjsNode = tfjsNodePackage(gpu);
  if (!set || !tfjsNode) return undefined;
  const binding = join(tfjsNode.folder, 'binding');
  const sources = readdirSync(binding).sort();
  const hash = createHash('sha256').update(`${addonRevisions[gpu ? 'gpu' : 'cpu']}\n`);
  for (const path of [...sources.map((name) => join(binding, name)), quietSource]) {
    hash.update(basename(path)).update(readFileSync(path));
  }
  const source = hash.digest('hex').slice(0, 12);
  return join(
    cacheDir(),
    `tfjs-node-${tfjsNode.version}-${source}-tensorflow-${set.tensorflow}-${wheelSetKey(gpu)}`,
  );
}

/** Where the npm package's own prebuilt addon and libtensorflow belong. */
export function officialFolder(gpu: boolean): string | undefined {
  const tfjsNode = tfjsNodePackage(gpu);
  return tfjsNode && join(cacheDir(), `tfjs-node-${tfjsNode.version}-official-${wheelSetKey(gpu)}`);
}
