import type { RunResult } from '@pixelrnn/metrics';

/** A finished run, and the settings it had. */
export interface FinishedRun {
  result: RunResult;
  settings: Record<string, unknown>;
}

/** The finished runs of a row, by seed. */
export type RunResults = Map<number, FinishedRun>;
