// The Python side of the notebooks: JupyterLab and nbconvert in a virtual environment of the workspace, made when first
// needed and again when notebooks/requirements*.txt change.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.venv');
const lock = join(root, '.venv.lock');
const stamp = join(folder, 'requirements.sha256');
const requirements = ['notebooks/requirements.txt', 'notebooks/requirements-nodeps.txt'].map((name) =>
  join(root, name),
);

/** Where Jupyter finds the committed kernelspec and its configuration. */
export const jupyterPath = join(root, '.jupyter');

/** What Jupyter's programs are run with. */
export function jupyterEnvironment() {
  const before = (name) => [jupyterPath, process.env[name]].filter(Boolean).join(delimiter);
  return {
    ...process.env,
    JUPYTER_PATH: before('JUPYTER_PATH'),
    JUPYTER_CONFIG_PATH: before('JUPYTER_CONFIG_PATH'),
  };
}

/** The interpreter on the path, or null where there is no Python 3. */
export function findPython() {
  for (const name of ['python3', 'python']) {
    const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
    if (status === 0 && /^Python 3\./.test(stdout)) return name;
  }
  return null;
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd: root });
  if (status === 0) return;
  const said = (error?.message ?? `${stdout}\n${stderr}`).trim().split('\n').slice(-5).join('\n');
  throw new Error(`${command} ${args.slice(0, 4).join(' ')} ... failed:\n${said}`);
}

/** Runs `body` while no other process does; tests that need the environment may start together. */
function locked(body) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    // An installation takes some minutes; who has had the lock for so long is dead.
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > 600_000) rmSync(lock, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    body();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/**
 * The virtual environment's Python, installed if need be.
 * @returns {string} path of the interpreter
 * @throws {Error} where there is no Python 3, no venv module, or a package cannot be had
 */
export function ensureVenv() {
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const wanted = createHash('sha256')
    .update(['2', ...requirements.map((file) => readFileSync(file))].join('\0'))
    .digest('hex');
  const installed = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (!installed()) locked(() => installed() || install(python, wanted));
  return python;
}

function install(python, wanted) {
  const system = findPython();
  if (!system)
    throw new Error(
      'Python 3 is not installed; notebooks need it. Install it (with its venv module) and try again.',
    );
  console.error(
    'Installing JupyterLab and nbconvert into .venv, once: 310 MB on disk, one to five minutes ...',
  );
  rmSync(folder, { recursive: true, force: true });
  run(system, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  run(python, [...pip, '-r', requirements[0]]);
  run(python, [...pip, '--no-deps', '-r', requirements[1]]);
  // JupyterLab starts a script of CommonJS in there, which the workspace's package.json would make a module.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  writeFileSync(stamp, wanted);
}
