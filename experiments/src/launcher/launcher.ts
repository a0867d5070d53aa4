import type { PlannedClosedForm } from '../runner/computeRow.js';
import type { Grid, RunFailure } from '../runner/grid.js';
import type { PlannedMeasure } from '../runner/measureRow.js';
import type { PlanOptions } from '../runner/plan.js';

/** All that an experiment is asked for, planned and checked. */
export interface Work {
  /** The rows that are trained, and the seeds. */
  grid: Grid;
  closedForms: readonly PlannedClosedForm[];
  measures: readonly PlannedMeasure[];
  /** What the plan was made from. */
  asked: PlanOptions;
  /** Folder of the committed results, whose weights are measured where nothing is trained; this checkout's by default. */
  results: string | undefined;
}

/** What a launcher has done with it. */
export interface Launched {
  /** Runs that have ended and failed. */
  failures: RunFailure[];
  /** What runs from now on without this process; null where all has ended. */
  submitted: Submitted | null;
}

export interface Submitted {
  job: number;
  tasks: number;
}

/** Where the runs of an experiment are executed: every one in its run folder, by the same code. */
export interface Launcher {
  /** @throws TrainingError `interrupted` after SIGINT or SIGTERM, where it waits for the runs */
  launch(work: Work): Promise<Launched>;
}
