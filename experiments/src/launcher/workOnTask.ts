import { progressBars } from '@pixelrnn/training';
import { isClosedForm, isMeasure } from '../experiment.js';
import { findExperiment } from '../registry.js';
import { computeRows, planClosedForms } from '../runner/computeRow.js';
import type { RunFailure } from '../runner/grid.js';
import { measureRows, planMeasures } from '../runner/measureRow.js';
import { runOne } from '../runner/runOne.js';
import type { RunningTask } from './runningTask.js';

/** Seconds of training between two lines of the log. */
const lineSeconds = 60;

/**
 * Trains, computes or measures the task's row, as a local run does.
 *
 * @throws the signal's reason once it is aborted, after a checkpoint where it trains; Error with the sentence of what failed
 */
export async function workOnTask(task: RunningTask, signal: AbortSignal): Promise<void> {
  const { submission, ordered, start, log } = task;
  const { preset, rows, set, out, dataDir, results } = submission;
  const experiment = findExperiment(submission.experiment);
  const row = experiment.rows.find(({ name }) => name === ordered.row);
  const asked = { preset, set, ...(rows && { rows }) };
  const place = { experiment, preset, out, fresh: false, dataDir, start, log };
  const named = <T extends { row: { name: string } }>(planned: readonly T[]) =>
    planned.filter((each) => each.row.name === ordered.row);
  if (row && isClosedForm(row)) {
    const planned = named(planClosedForms(experiment, asked));
    return requireNone(await orAborted(signal, computeRows(place, planned)));
  }
  if (row && isMeasure(row)) {
    const planned = named(planMeasures(experiment, asked)).map((each) => ({ ...each, named: true }));
    return requireNone(await measureRows({ ...place, results, signal }, planned));
  }
  const bars = progressBars({ lineSeconds });
  const { seed } = ordered;
  const order = { ...place, experiment: experiment.id, row: ordered.row, seed, set, announceEngine: true };
  let bar: ReturnType<typeof bars.add> | undefined;
  const listener = {
    onUnit: (unit: Parameters<typeof bars.add>[1]) => {
      bar = bars.add(`${ordered.row}, seed ${seed}`, unit);
    },
    onProgress: (progress: Parameters<NonNullable<typeof bar>['update']>[0]) => bar?.update(progress),
    onTrained: () => bar?.stop(),
    log,
  };
  await runOne(order, listener, signal).finally(() => bar?.stop());
}

/** What has no checkpoints and listens to nothing is left where it is: the process ends. */
function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  return Promise.race([work, aborted]);
}

function requireNone([failure]: RunFailure[]): void {
  if (failure) throw new Error(failure.message);
}
