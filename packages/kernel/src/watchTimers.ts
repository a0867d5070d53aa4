/** The timers of TypeScript's watch host, as tslab fills them in. */
export interface TimerHost {
  setTimeout?(callback: (...args: unknown[]) => void, milliseconds: number, ...args: unknown[]): unknown;
  clearTimeout?(timer: unknown): void;
}

/** The timer that tslab lets run by itself, when a cell has changed; by its name in TypeScript. */
const rebuild = 'updateProgramWithWatchStatus';

/**
 * tslab has room for one timer, the one that rebuilds the program, and throws where TypeScript sets another: when files come or
 * go in a folder in which an import was looked for, or after a rebuild that failed. Here that one stays tslab's, at most
 * one at a time, and the others are real ones.
 */
export function separateTimers(host: TimerHost): void {
  const schedule = host.setTimeout?.bind(host);
  const cancel = host.clearTimeout?.bind(host);
  if (!schedule || !cancel) return;
  let pending: unknown;
  const own = new Set<unknown>();
  const clear = () => {
    const timer = pending;
    pending = undefined;
    if (timer !== undefined) cancel(timer);
  };
  host.setTimeout = (callback, milliseconds, ...args) => {
    if (callback.name !== rebuild) {
      const timer = setTimeout(() => {
        own.delete(timer);
        callback(...args);
      }, milliseconds);
      own.add(timer);
      return timer;
    }
    clear();
    pending = schedule(() => {
      callback(...args);
      pending = undefined; // not where it throws: tslab then keeps it for good
    }, milliseconds);
    return pending;
  };
  host.clearTimeout = (timer) => {
    if (own.delete(timer)) clearTimeout(timer as NodeJS.Timeout);
    else if (timer === pending) clear();
  };
}
