// `pnpm lab`: JupyterLab on the notebooks, with the workspace's TypeScript kernel. Its settings are in .jupyter.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureVenv, jupyterEnvironment, jupyterPath } from './venv.mjs';

const notebooks = fileURLToPath(new URL('../notebooks', import.meta.url));
try {
  const python = ensureVenv();
  const settings = `--LabApp.app_settings_dir=${join(jupyterPath, 'lab-settings')}`;
  const lab = spawn(
    python,
    ['-m', 'jupyterlab', '--notebook-dir', notebooks, settings, ...process.argv.slice(2)],
    { stdio: 'inherit', env: jupyterEnvironment() },
  );
  lab.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => lab.kill(signal));
} catch (error) {
  console.error(`lab: ${error.message}`);
  process.exit(1);
}
