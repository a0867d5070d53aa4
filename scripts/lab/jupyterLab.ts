import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface RunningLab {
  /** Ends with a slash. */
  address: string;
  /** What it has said on standard error until the address came. */
  said: string[];
  stop(): Promise<void>;
}

/**
 * `pnpm lab` on a free port, without a browser and without a token.
 *
 * @param folder where it keeps its workspaces and the settings of its user, when given: then its commands can be reached from the page too
 * @throws Error with what it said, where it ends before it listens
 */
export async function startLab(folder?: string): Promise<RunningLab> {
  const script = fileURLToPath(new URL('../lab.mjs', import.meta.url));
  const options = ['--no-browser', '--port=0', '--IdentityProvider.token=', '--allow-root'];
  const own = folder && {
    JUPYTERLAB_SETTINGS_DIR: `${folder}/settings`,
    JUPYTERLAB_WORKSPACES_DIR: `${folder}/workspaces`,
  };
  if (folder) options.push('--LabApp.expose_app_in_browser=True');
  const lab = spawn(process.execPath, [script, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...own },
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: lab.stderr })) {
    said.push(line);
    const address = /http:\/\/(?:localhost|127\.0\.0\.1):\d+\//.exec(line)?.[0];
    if (address === undefined) continue;
    lab.stderr.resume();
    return {
      address,
      said,
      async stop() {
        lab.kill('SIGTERM');
        if (lab.exitCode === null && lab.signalCode === null) await once(lab, 'exit');
      },
    };
  }
  throw new Error(`JupyterLab should listen, but it ended:\n${said.join('\n')}`);
}
