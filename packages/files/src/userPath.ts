import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** A path whose leading `~` means the home folder: a shell leaves it in `--out=~/runs` and in most variables' values. */
export function expandHome(path: string): string {
  if (path === '~') return homedir();
  return /^~[/\\]/.test(path) ? join(homedir(), path.slice(2)) : path;
}

/**
 * The absolute path of what a user typed: `~` is the home folder, and a relative one begins where the user stands, which
 * npm and pnpm leave for the folder of the script that they run.
 *
 * @param script the name of that script, such as `exp`
 */
export function userPath(path: string, script: string): string {
  const { npm_lifecycle_event, INIT_CWD } = process.env;
  // Below other scripts, such as a test that starts this one, the variable is theirs.
  const start = npm_lifecycle_event === script && INIT_CWD ? INIT_CWD : process.cwd();
  return resolve(start, expandHome(path));
}
