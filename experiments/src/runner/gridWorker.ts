// One run of a grid, in a process of its own: told what to run by the first message, tells of its progress and its end.
import { describeEngine, loadEngine } from '@pixelrnn/engine';
import { type LossUnit, onInterrupt, TrainingError, type TrainingProgress } from '@pixelrnn/training';
import type { PresetName } from '../experiment.js';
import { findExperiment } from '../registry.js';
import { lossUnit, runFolderOf } from './grid.js';
import { plan } from './plan.js';
import { runRow } from './runRow.js';

/** What a worker is told. */
export interface GridOrder {
  experiment: string;
  row: string;
  seed: number;
  preset: PresetName;
  set: Record<string, unknown>;
  out: string;
  fresh: boolean;
  dataDir?: string | undefined;
  announceEngine: boolean;
}

/** What a worker tells. */
export type GridMessage =
  | { type: 'unit'; unit: LossUnit }
  | { type: 'progress'; progress: TrainingProgress }
  | { type: 'trained' }
  | { type: 'log'; line: string }
  | { type: 'done' }
  | { type: 'failed'; message: string };

/** To the process that ordered the run; it may be gone. */
const tell = (message: GridMessage) =>
  new Promise<void>((resolve) => {
    if (!process.connected) return resolve();
    process.send?.(message, undefined, undefined, () => resolve());
  });

async function work(order: GridOrder): Promise<void> {
  const { seed, preset, set, fresh, dataDir, out } = order;
  const experiment = findExperiment(order.experiment);
  const planned = plan(experiment, { preset, rows: [order.row], set });
  const [{ row, settings }] = planned as [(typeof planned)[0]];
  const log = (line: string) => void tell({ type: 'log', line });
  const engine = await loadEngine({ quiet: true });
  if (order.announceEngine) log(describeEngine(engine));
  const data = await experiment.loadData(settings, { dataDir });
  const grid = { experiment, planned, seeds: [seed], preset, out, fresh, dataDir, log };
  await tell({ type: 'unit', unit: lossUnit(grid, data) });
  const folder = runFolderOf(grid, { row, seed });
  const onProgress = (progress: TrainingProgress) => void tell({ type: 'progress', progress });
  const { id, dataSettings } = experiment;
  const base = { experiment: id, dataSettings, row, preset, seed, settings, data, engine, folder, fresh };
  const onTrained = () => void tell({ type: 'trained' });
  await onInterrupt((signal) => runRow({ ...base, log, onProgress, onTrained, signal }));
}

// Where the process that ordered the run is gone, nobody would end it: it ends itself, after a checkpoint.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

process.once('message', async (order: GridOrder) => {
  try {
    await work(order);
    await tell({ type: 'done' });
    process.exit(0);
  } catch (error) {
    await tell({ type: 'failed', message: (error as Error).message });
    process.exit(error instanceof TrainingError ? error.exitCode : 1);
  }
});
