import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
const groups = new Set<ChildProcessWithoutNullStreams>();

/**
 * Starts a program as the first of a process group of its own. What it has started in it (compilers of torch.compile) ends
 * with it; and all end with this process, which a terminal's Ctrl-C reaches alone.
 */
export function startGroup(
  program: string,
  args: readonly string[],
  options: { cwd?: string | undefined; env: NodeJS.ProcessEnv },
): ChildProcessWithoutNullStreams {
  if (groups.size === 0) {
    process.on('exit', killGroups);
    for (const signal of signals) process.on(signal, endWithGroups);
  }
  const first = spawn(program, args, { ...options, stdio: 'pipe', detached: true });
  groups.add(first);
  first.once('error', () => leave(first)); // it could not be started
  first.once('exit', () => {
    killGroup(first);
    leave(first);
  });
  return first;
}

/** Ends the group, unless it has ended. */
export function killGroup(first: ChildProcessWithoutNullStreams): void {
  if (!groups.has(first) || first.pid === undefined) return;
  try {
    process.kill(-first.pid, 'SIGKILL');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error; // nobody is left, or on macOS nobody who runs
  }
}

function leave(first: ChildProcessWithoutNullStreams): void {
  groups.delete(first);
  if (groups.size > 0) return;
  process.off('exit', killGroups);
  for (const signal of signals) process.off(signal, endWithGroups);
}

function killGroups(): void {
  for (const first of groups) killGroup(first);
}

/** Then what the signal does by itself, unless others listen to it. */
function endWithGroups(signal: NodeJS.Signals): void {
  killGroups();
  for (const first of [...groups]) leave(first);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
