import { paperNumber } from '@pixelrnn/metrics';
import { type Figure, type Horizontal, type LoggedRun, trainingCurve } from '@pixelrnn/plots';
import type { Experiment } from '../experiment.js';
import { splitName, validIsHeldOut } from '../measured.js';

/** A run's log, and the name of its row. */
export type RowLog = LoggedRun & { row: string };

/**
 * Curves of an experiment's runs, with the paper's numbers of their rows: each by its row and the images that it is of, since ours
 * are of validation images throughout, and without the sizes, which are ours alone.
 */
export function curveFigure(
  experiment: Experiment,
  runs: readonly RowLog[],
  { horizontal = 'steps', title = experiment.title }: { horizontal?: Horizontal; title?: string } = {},
): Figure {
  const paper = experiment.rows
    .filter(({ name, paper }) => paper !== null && runs.some(({ row }) => row === name))
    .map(({ label, paper, paperRecalled = false }) => ({
      label: `${label}, ${splitName(experiment)}`,
      value: paper as number,
      text: paperNumber({ paper, paperRecalled }),
    }));
  return trainingCurve(runs, {
    ...{ unit: experiment.metric, paper, horizontal, title },
    heldOut: validIsHeldOut(experiment),
  });
}
