// `pnpm lab`: JupyterLab on the notebooks, with the workspace's TypeScript kernel.
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureVenv, jupyterPath } from './venv.mjs';

const notebooks = fileURLToPath(new URL('../notebooks', import.meta.url));
try {
  console.error('Preparing JupyterLab (the first time takes about half a minute) ...');
  const python = ensureVenv();
  const inherited = process.env.JUPYTER_PATH;
  const lab = spawn(python, ['-m', 'jupyterlab', '--notebook-dir', notebooks, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, JUPYTER_PATH: inherited ? `${jupyterPath}${delimiter}${inherited}` : jupyterPath },
  });
  lab.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => lab.kill(signal));
} catch (error) {
  console.error(`lab: ${error.message}`);
  process.exit(1);
}
