import Module, { createRequire } from 'node:module';
import { sep } from 'node:path';
import util from 'node:util';

const require = createRequire(import.meta.url);

/** The function behind every `require`, which Node leaves open to be wrapped. */
interface ModuleLoader {
  _load(request: string, parent: { filename?: string } | undefined, isMain: boolean): unknown;
}

/** Two functions that tfjs-node calls and Node 23 dropped (Node 22 warns when they are called). */
const utilForTfjsNode = Object.assign(Object.create(util) as typeof util, {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
});

/**
 * Requires tfjs-node so that it takes its addon from the cache. Only what that package itself requires is replaced,
 * and only while it loads: nothing is written into `node_modules`, so checkouts, package managers and read-only
 * installs need no care, and the rest of the process sees Node's own modules.
 * @param name `@tensorflow/tfjs-node` or `@tensorflow/tfjs-node-gpu`
 * @param addon path of the addon that it is to use
 * @param quiet path of the helper under which the addon starts without a word, if it should
 * @throws whatever the package throws, such as the dynamic linker's error
 */
export function requireTfjsNode(name: string, addon: string, quiet?: string): void {
  const replacements: Record<string, unknown> = {
    util: utilForTfjsNode,
    '@mapbox/node-pre-gyp': { find: () => addon },
  };
  const inside = `${sep}${name.replace('/', sep)}${sep}`;
  const loader = Module as unknown as ModuleLoader;
  const original = loader._load;
  loader._load = function (request, parent, isMain) {
    const replacement = parent?.filename?.includes(inside) ? replacements[request] : undefined;
    return replacement ?? original.call(this, request, parent, isMain);
  };
  try {
    if (quiet) startQuietly(addon, quiet);
    require(name);
  } finally {
    loader._load = original;
  }
}

/** Loads the addon ahead of its user, who then gets this instance, without libtensorflow's remarks on stderr. */
function startQuietly(addon: string, quiet: string): void {
  const { quietly } = require(quiet) as { quietly(callback: () => void): void };
  quietly(() => void require(addon));
}
