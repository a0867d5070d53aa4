/** Why a task saves and ends before its work is done: `USR2` before its time is over, `TERM` where Slurm ends it. */
export class Stopped extends Error {
  override name = 'Stopped';

  constructor(readonly by: 'USR2' | 'TERM') {
    super(`stopped by SIG${by}`);
  }
}

export interface TaskSignals {
  /** Aborted by the first SIGUSR2 or SIGTERM, its reason a {@link Stopped}. */
  signal: AbortSignal;
  /** Whether SIGTERM has come, first or later. */
  terminated(): boolean;
}

const names = ['SIGUSR2', 'SIGTERM', 'SIGCONT'] as const;
const early = 'pixelrnnEarlySignals';

/** For `node --import`, before all that takes long to load: notes the signals that come meanwhile, which would end Node. */
export const listenEarly = `data:text/javascript,globalThis.${early}=[];for(const%20name%20of${JSON.stringify(names)})process.on(name,()=>${early}.push(name))`;

/**
 * Listens to what Slurm sends a task, from now to the end of the process: SIGUSR2, SIGTERM and, before that one, SIGCONT, which
 * means nothing here. Slurm's SIGKILL ends what takes too long.
 */
export function listenToSlurm(): TaskSignals {
  const controller = new AbortController();
  let terminated = false;
  const handle = (name: string) => {
    if (name === 'SIGCONT') return;
    terminated ||= name === 'SIGTERM';
    controller.abort(new Stopped(name === 'SIGTERM' ? 'TERM' : 'USR2'));
  };
  for (const name of names) process.on(name, handle);
  for (const name of (globalThis as { [early]?: string[] })[early] ?? []) handle(name);
  return { signal: controller.signal, terminated: () => terminated };
}
