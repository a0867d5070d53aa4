// One run of a grid, in a process of its own: told what to run by the first message, tells of its progress and its end.
import { type LossUnit, onInterrupt, TrainingError, type TrainingProgress } from '@pixelrnn/training';
import { type OrderedRun, runOne } from './runOne.js';

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

const listener = {
  onUnit: (unit: LossUnit) => tell({ type: 'unit', unit }),
  onProgress: (progress: TrainingProgress) => void tell({ type: 'progress', progress }),
  onTrained: () => void tell({ type: 'trained' }),
  log: (line: string) => void tell({ type: 'log', line }),
};

// Where the process that ordered the run is gone, nobody would end it: it ends itself, after a checkpoint.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

process.once('message', async (order: OrderedRun) => {
  try {
    await onInterrupt((signal) => runOne(order, listener, signal));
    await tell({ type: 'done' });
    process.exit(0);
  } catch (error) {
    await tell({ type: 'failed', message: (error as Error).message });
    process.exit(error instanceof TrainingError ? error.exitCode : 1);
  }
});
