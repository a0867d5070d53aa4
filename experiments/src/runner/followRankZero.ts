import { isDeepStrictEqual } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { loadEngine } from '@pixelrnn/engine';
import type { Communicator } from '@pixelrnn/mpi';
import { isCommonError, onInterrupt, TrainingError } from '@pixelrnn/training';
import { findExperiment } from '../registry.js';
import { trainable } from './plan.js';
import type { Order, SharedRun } from './rankZero.js';
import { followRow } from './runRow.js';
import { UsageError } from './usageError.js';

/**
 * That all ranks were started with the same options.
 *
 * @throws UsageError on rank 0; the others end
 */
export function requireSameCommand(communicator: Communicator, command: readonly string[]): void {
  const all = communicator.gather(serialize(command)).map((bytes) => deserialize(bytes) as string[]);
  const other = all.findIndex((one) => !isDeepStrictEqual(one, all[0]));
  if (other < 0) return;
  communicator.leave();
  if (communicator.rank > 0) process.exit(2);
  throw new UsageError(
    `Rank ${other} was started with '${all[other]?.join(' ')}', rank 0 with '${all[0]?.join(' ')}': give all ranks the same options.`,
  );
}

/**
 * What the other ranks do: their part of each run that rank 0 begins.
 *
 * @returns the exit code, once rank 0 ends
 */
export async function followRankZero(communicator: Communicator): Promise<number> {
  for (;;) {
    const order = deserialize(communicator.broadcast()) as Order;
    if ('end' in order) {
      communicator.leave();
      return order.end;
    }
    try {
      await onInterrupt((signal) => follow(order.run, communicator, signal));
    } catch (error) {
      // Rank 0 has the same error and tells of it.
      if (isCommonError(error) || (error instanceof TrainingError && error.code === 'interrupted')) continue;
      communicator.abort((error as Error).message);
    }
  }
}

async function follow(run: SharedRun, communicator: Communicator, signal: AbortSignal): Promise<void> {
  const experiment = findExperiment(run.experiment);
  const row = experiment.rows.filter(trainable).find(({ name }) => name === run.row);
  if (!row) throw new Error(`${experiment.id} has no row ${run.row} here: start all ranks with one version.`);
  await loadEngine({ quiet: true });
  const data = await experiment.loadData(run.settings, { ...(run.dataDir && { dataDir: run.dataDir }) });
  await followRow({ ...run, row, data, communicator, signal });
}
