import { readFileSync, realpathSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { proxiedFetch, throughProxy } from '@pixelrnn/files';
import { EngineError } from '../engineError.js';
import { checkAddon } from './checkAddon.js';
import { requireSpace } from './diskSpace.js';
import { officialFolder, tfjsNodePackage } from './folders.js';
import { failureLine, runProgram } from './runProgram.js';
import { provideFolder } from './sharedFolder.js';

const diskNeeded = { cpu: 600e6, gpu: 1_800e6 }; // bytes, archive and content
const probeSeconds = 5;

/** Node's major versions that the prebuilt addon was published for. */
const supportedNode = { from: 16, to: 22 };

/**
 * Installs the addon and libtensorflow that the makers of TensorFlow.js built, with their own install script, in a
 * copy of the package inside the cache: the package in `node_modules` stays as it is.
 * @returns version of libtensorflow
 * @throws EngineError when Node is too new, the host is out of reach, the script fails or its result does not run
 */
export async function installOfficial(gpu: boolean): Promise<string> {
  const tfjsNode = tfjsNodePackage(gpu);
  const target = officialFolder(gpu);
  if (!tfjsNode || !target)
    throw new EngineError('the npm package of TensorFlow.js for Node is not installed');
  const major = Number(process.versions.node.split('.')[0]);
  if (major < supportedNode.from || major > supportedNode.to) {
    throw new EngineError(
      `it is made for Node ${supportedNode.from} to ${supportedNode.to}, this is ${process.versions.node}`,
    );
  }
  await requireReachable(tfjsNode.folder);
  await requireSpace(target, gpu ? diskNeeded.gpu : diskNeeded.cpu);
  const manifest = await provideFolder(target, async (folder) => {
    await runInstallScript(tfjsNode.folder, join(folder, 'package'), gpu);
    for (const part of ['deps', 'lib']) await rename(join(folder, 'package', part), join(folder, part));
    await rm(join(folder, 'package'), { recursive: true });
    const [built] = await readdir(join(folder, 'lib'));
    if (!built) throw new EngineError('its install script left no addon');
    const facts = await checkAddon(join(folder, 'lib', built, 'tfjs_binding.node'));
    if (gpu && !facts.gpu) throw new EngineError('it runs, but finds no GPU that it can use');
    return { tensorflow: facts.tensorflow, source: 'official', gpu };
  });
  return String(manifest.about.tensorflow);
}

async function runInstallScript(packageFolder: string, copy: string, gpu: boolean): Promise<void> {
  const source = realpathSync(packageFolder);
  await mkdir(copy);
  await cp(source, copy, {
    recursive: true,
    filter: (path) => !/[/\\](deps|lib|dist|node_modules)$/.test(path.slice(source.length)),
  });
  // The script's libraries lie beside the package, its programs in its own .bin.
  await symlink(join(source, '..', '..'), join(copy, 'node_modules'), 'dir');
  const path = [join(source, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const result = await runProgram(process.execPath, ['scripts/install.js', gpu ? 'gpu' : 'cpu'], {
    cwd: copy,
    env: { ...process.env, PATH: path },
    seconds: 1200,
  });
  if (result.code !== 0) throw new EngineError(`its install script failed: ${failureLine(result)}`);
}

/** Asks for the head of the prebuilt addon: a host that does not answer would hold the install script for minutes. */
async function requireReachable(packageFolder: string): Promise<void> {
  const { TFJS_NODE_CDN_STORAGE, CDN_STORAGE, TFJS_NODE_BASE_URI } = process.env;
  if (TFJS_NODE_CDN_STORAGE ?? CDN_STORAGE ?? TFJS_NODE_BASE_URI) return; // it comes from elsewhere
  const { binary, version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    binary: { host: string };
    version: string;
  };
  const address = `${binary.host}/napi-v8/${version}/CPU-${process.platform}-${version}.tar.gz`;
  const { host } = new URL(address);
  let status: number;
  try {
    const signal = AbortSignal.timeout(probeSeconds * 1000);
    status = (await proxiedFetch(address, { method: 'HEAD', signal })).status;
  } catch (error) {
    const { cause, message } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    throw new EngineError(`${host} is out of reach${throughProxy(address)} (${reason})`);
  }
  if (status >= 400)
    throw new EngineError(`${host} has no prebuilt addon for this platform (HTTP ${status})`);
}
