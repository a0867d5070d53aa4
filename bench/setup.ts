import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { BenchError } from './benchError.js';
import {
  requirementFiles,
  requirementsDigest,
  stampFile,
  venvFolder,
  venvPython,
  whyNoPeers,
} from './venv.js';

const oldestMinor = 11; // of Python 3, for JAX 0.10

/**
 * Installs the peers' pinned versions into bench/.venv, unless they are there.
 *
 * PyTorch is installed without its dependencies. Its default build for Linux is linked against CUDA libraries, which
 * are added only where it does not load without them; Triton and the rest serve GPUs alone and are left out.
 *
 * @throws BenchError where there is no fitting Python, or a package cannot be had
 */
export function setup(log: (line: string) => void): void {
  if (whyNoPeers() === null) {
    log(`PyTorch and JAX are installed in ${venvFolder}.`);
    return;
  }
  const python = findPython();
  log(`Making ${venvFolder}`);
  rmSync(venvFolder, { recursive: true, force: true });
  must(python, ['-m', 'venv', venvFolder], 'Install Python with its venv module and try again.');
  const [common, torch, cuda] = requirementFiles;
  const pip = (...args: string[]) =>
    must(
      venvPython,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...args],
      'Its last lines tell the cause; mend it and run this again.',
    );
  log("Installing JAX and PyTorch's pure Python dependencies");
  pip('-r', common);
  log('Installing PyTorch');
  pip('--no-deps', '-r', torch);
  if (!loads('torch')) {
    log('Installing the CUDA libraries that this build of PyTorch is linked against (3 GB)');
    pip('-r', cuda);
  }
  for (const module of ['torch', 'jax']) {
    if (!loads(module)) {
      throw new BenchError(
        `${module} is installed but does not load: '${venvPython} -c "import ${module}"' says why.`,
      );
    }
  }
  writeFileSync(stampFile, requirementsDigest());
  log('PyTorch and JAX are installed.');
}

/** A command that starts a Python new enough; throws a BenchError where there is none. */
export function findPython(): string {
  const found: string[] = [];
  for (const name of ['python3', 'python']) {
    const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
    const version = status === 0 && /^Python (3\.(\d+)\S*)/.exec(stdout);
    if (!version) continue;
    if (Number(version[2]) >= oldestMinor) return name;
    found.push(version[1] as string);
  }
  throw new BenchError(
    `Python 3.${oldestMinor} or newer is needed for the peers, ${found[0] ? `this is ${found[0]}` : 'none is installed'}: install one and try again.`,
  );
}

function must(command: string, args: string[], remedy: string): void {
  // What pip says while all goes well (of PyTorch's dependencies that are left out) would only frighten.
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('\n');
  throw new BenchError(`${[command, ...args.slice(0, 3)].join(' ')} ... failed. ${remedy}\n${said}`);
}

function loads(module: string): boolean {
  return spawnSync(venvPython, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
}
