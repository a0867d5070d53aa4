import { serialize } from 'node:v8';
import type { Communicator } from '@pixelrnn/mpi';
import type { Measure } from './runFolder.js';
import type { RowSettings } from './settings.js';

/** A run that all ranks train and evaluate together. */
export interface SharedRun {
  experiment: string;
  row: string;
  seed: number;
  settings: RowSettings;
  folder: string;
  dataDir: string | undefined;
  /** Null: all, after training. */
  measures: ReadonlySet<Measure> | null;
}

/** What rank 0 tells the others. */
export type Order = { run: SharedRun } | { end: number };

/**
 * The ranks of a program as rank 0 has them: it does everything that one process does, and has the others take part in
 * training and evaluation. They end when it does, with its exit code.
 */
export class RankZero {
  private busy = false;

  constructor(readonly communicator: Communicator) {
    process.prependOnceListener('exit', (code) => {
      if (this.busy) return; // in the middle of a run: the communicator ends the others
      this.give({ end: code });
      communicator.leave();
    });
  }

  /** The others begin their part of a run: the next collective call is that of `train`. */
  begin(run: SharedRun): void {
    this.busy = true;
    this.give({ run });
  }

  /** Their part is over. */
  end(): void {
    this.busy = false;
  }

  private give(order: Order): void {
    this.communicator.broadcast(serialize(order));
  }
}
