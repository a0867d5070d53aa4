// `pnpm notebooks [NAME ...] [--out DIR]`: executes notebooks with the real kernel, all of them by default, in place or into DIR.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureVenv, jupyterEnvironment } from './venv.mjs';

const folder = fileURLToPath(new URL('../notebooks', import.meta.url));

function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const known = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  const chosen =
    positionals.length === 0 ? known : positionals.map((name) => `${name.replace(/\.ipynb$/, '')}.ipynb`);
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`notebooks: no ${unknown.join(', ')}; there are ${known.join(', ')}`);
    return 2;
  }
  const python = ensureVenv();
  const { status } = spawnSync(
    python,
    [
      '-m',
      'nbconvert',
      '--to=notebook',
      '--execute',
      '--ExecutePreprocessor.timeout=600',
      '--ExecutePreprocessor.record_timing=False',
      ...(values.out ? [`--output-dir=${resolve(values.out)}`] : ['--inplace']),
      ...chosen.map((name) => join(folder, name)),
    ],
    { stdio: 'inherit', env: jupyterEnvironment() },
  );
  return status === 0 ? 0 : 1;
}

try {
  process.exit(main());
} catch (error) {
  console.error(`notebooks: ${error.message}`);
  process.exit(1);
}
