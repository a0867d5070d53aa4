import { expect, test, vi } from 'vitest';
import { separateTimers, type TimerHost } from './watchTimers.js';

/** A host with room for one timer, as tslab's. */
function oneTimer(): { host: Required<TimerHost>; fire(): void } {
  let timer: { callback: () => void } | undefined;
  const host: Required<TimerHost> = {
    setTimeout(callback) {
      if (timer) throw new Error('Unexpected pending rebuildTimer');
      timer = {
        callback: () => {
          callback();
          timer = undefined;
        },
      };
      return timer;
    },
    clearTimeout(id) {
      if (id !== timer) throw new Error('clearing unexpected timer');
      timer = undefined;
    },
  };
  return { host, fire: () => timer?.callback() };
}

const calls: string[] = [];
function updateProgramWithWatchStatus() {
  calls.push('rebuilt');
}

test('other timers are real ones, beside the one that rebuilds', async () => {
  calls.length = 0;
  const { host, fire } = oneTimer();
  separateTimers(host);
  host.setTimeout(updateProgramWithWatchStatus, 250);
  const cancelled = host.setTimeout(() => calls.push('never'), 1);
  host.setTimeout((word) => calls.push(String(word)), 1, 'looked up again');
  host.clearTimeout(cancelled);
  await vi.waitFor(() => expect(calls).toEqual(['looked up again']));
  fire();
  expect(calls).toEqual(['looked up again', 'rebuilt']);
});

test('the timer that rebuilds is replaced, also after a rebuild that failed', () => {
  calls.length = 0;
  const { host, fire } = oneTimer();
  separateTimers(host);
  const failing = { updateProgramWithWatchStatus: () => void JSON.parse('{') };
  host.setTimeout(failing.updateProgramWithWatchStatus, 250);
  expect(fire).toThrow(SyntaxError);
  const first = host.setTimeout(updateProgramWithWatchStatus, 250);
  host.clearTimeout(first);
  fire();
  expect(calls).toEqual([]);
  host.setTimeout(updateProgramWithWatchStatus, 250);
  host.setTimeout(updateProgramWithWatchStatus, 250);
  fire();
  fire();
  expect(calls).toEqual(['rebuilt']);
});
