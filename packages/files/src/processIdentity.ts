import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What tells a process from a later one of the same number: when it started, by a clock that nobody sets. Null where no
 * such process runs; an empty string where the system does not tell.
 */
export function processIdentity(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
    // EPERM: it runs, and is somebody else's
  }
  try {
    if (process.platform === 'linux') {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold spaces
      if (fields[0] === 'Z' || fields[0] === 'X') return null; // dead, its parent has not asked for it yet
      return `${boot} ${fields[19]}`;
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return ''; // no /proc, no ps, or it ended meanwhile
  }
}

/**
 * Whether a process still runs, and is no later one that was given the same number.
 *
 * @param started its {@link processIdentity}; empty or left out where that is not known: then any process of the number counts
 */
export function isRunning(pid: number, started = ''): boolean {
  const identity = processIdentity(pid);
  return identity !== null && (identity === '' || started === '' || identity === started);
}
