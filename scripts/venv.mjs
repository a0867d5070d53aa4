// The Python side of the notebooks: JupyterLab and nbconvert in a virtual environment of the workspace, made when first
// needed and again when notebooks/requirements*.txt change.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.venv');
const stamp = join(folder, 'requirements.sha256');
const requirements = ['notebooks/requirements.txt', 'notebooks/requirements-nodeps.txt'].map((name) =>
  join(root, name),
);

/** Where Jupyter finds the committed tslab kernel. */
export const jupyterPath = join(root, '.jupyter');

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

/**
 * The virtual environment's Python, installed if need be.
 * @returns {string} path of the interpreter
 * @throws {Error} where there is no Python 3, no venv module, or a package cannot be had
 */
export function ensureVenv() {
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const wanted = createHash('sha256')
    .update(requirements.map((file) => readFileSync(file)).join('\0'))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  const system = findPython();
  if (!system)
    throw new Error(
      'Python 3 is not installed; notebooks need it. Install it (with its venv module) and try again.',
    );
  rmSync(folder, { recursive: true, force: true });
  run(system, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  run(python, [...pip, '-r', requirements[0]]);
  run(python, [...pip, '--no-deps', '-r', requirements[1]]);
  writeFileSync(stamp, wanted);
  return python;
}
