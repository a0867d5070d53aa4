import { computeRows } from '../runner/computeRow.js';
import { runInOrder } from '../runner/grid.js';
import { runSideBySide } from '../runner/gridSideBySide.js';
import { measureRows } from '../runner/measureRow.js';
import type { Launcher } from './launcher.js';

/**
 * Runs on this machine, and waits for their end.
 *
 * @param jobs runs at a time, each in a process of its own; 1: one after the other in this process
 */
export function localLauncher(jobs = 1): Launcher {
  return {
    async launch({ grid, closedForms, measures, asked, results }) {
      const failures = await computeRows(grid, closedForms);
      failures.push(
        ...(jobs > 1 ? await runSideBySide(grid, asked.set ?? {}, jobs) : await runInOrder(grid)),
      );
      failures.push(...(await measureRows({ ...grid, results }, measures)));
      return { failures, submitted: null };
    },
  };
}
