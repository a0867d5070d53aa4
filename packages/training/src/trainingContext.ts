import type { ImageDataset } from '@pixelrnn/data';
import type { RunLock } from '@pixelrnn/files';
import type { MetricsLine } from '@pixelrnn/metrics';
import type { Communicator } from '@pixelrnn/mpi';
import type { RunLogs } from './logs/runLogs.js';
import type { Pace } from './pace.js';
import type { BestValidation } from './step/earlyStopping.js';

export interface TrainingProgress extends MetricsLine, Pace {
  steps: number;
}

export interface TrainingOutcome {
  steps: number;
  images: number;
  seconds: number;
  /** Updates left out because loss or gradient were not finite. */
  skipped: number;
  /** The best validation, whose weights the model has now with early stopping; null where there was none. */
  best: BestValidation | null;
  /** Every entry of the metrics log, of earlier parts of a resumed run too. */
  history: MetricsLine[];
}

export interface TrainingContext {
  train: ImageDataset;
  valid: ImageDataset;
  /**
   * Where `metrics.jsonl`, `tensorboard/` and `checkpoint/` go, and from where an unfinished run is resumed; nothing is
   * written without.
   */
  folder?: string;
  /** The lock of the folder, where the caller has it already; else it is locked while training. */
  lock?: RunLock;
  /**
   * The ranks that train one model together: each computes its share of every batch, all make the same updates, and rank 0
   * alone locks, logs, tells of progress and saves. All must call `train` with the same model, options and data. By default
   * this process alone.
   */
  communicator?: Communicator;
  /** Once it is aborted, training writes a checkpoint and throws the signal's reason, on all ranks where there are several; in a notebook, that of the cell by default. */
  signal?: AbortSignal;
  /** Told of every entry of the log, of the loss (`train`) and of validations (`valid`); in a notebook, by default, a line that changes in place. */
  onProgress?: (progress: TrainingProgress) => void;
  /** After each validation; what it draws can go into the logs. Its time is not training time. */
  onValidation?: (logs: Pick<RunLogs, 'image'>, step: number) => Promise<void>;
  /** What is worth saying and stops nothing; to stderr by default. */
  onWarning?: (message: string) => void;
}
