import { expandHome } from '@pixelrnn/files';
import { TrainingError } from '@pixelrnn/training';
import type { Experiment } from '../experiment.js';
import type { Launcher } from '../launcher/launcher.js';
import { experiments } from '../registry.js';
import type { RunFailure } from './grid.js';
import { planMeasures } from './measureRow.js';
import { plan } from './plan.js';
import { requireOut } from './requireOut.js';
import { type ExperimentOptions, type ExperimentOutcome, runExperiment } from './runExperiment.js';
import { isUnknownEngine } from './usageError.js';

/** All but the choice of rows. */
export type CampaignOptions = Omit<ExperimentOptions, 'rows'>;

export interface CampaignFailure extends Partial<RunFailure> {
  experiment: string;
  message: string;
}

/**
 * Every experiment, every row, the most wanted tables first. What is finished is skipped, what is unfinished resumes from
 * its checkpoint, and what fails stops nothing else.
 *
 * @param each told of every experiment's table
 * @param launcher where the runs are executed; on this machine by default
 * @returns what failed
 * @throws UsageError, before anything runs, for options that do not fit one of the rows
 * @throws TrainingError `interrupted` after SIGINT or SIGTERM
 */
export async function runAll(
  options: CampaignOptions,
  each: (experiment: Experiment, outcome: ExperimentOutcome) => void,
  chosen: readonly Experiment[] = experiments,
  launcher?: Launcher,
): Promise<CampaignFailure[]> {
  for (const experiment of chosen) {
    plan(experiment, options);
    planMeasures(experiment, options);
  }
  await requireOut(expandHome(options.out));
  const failures: CampaignFailure[] = [];
  for (const experiment of chosen) {
    try {
      const outcome = await runExperiment(experiment, options, launcher);
      each(experiment, outcome);
      failures.push(...outcome.failures.map((failure) => ({ experiment: experiment.id, ...failure })));
    } catch (error) {
      if (isUnknownEngine(error)) throw error;
      if (error instanceof TrainingError && error.code === 'interrupted') throw error;
      failures.push({ experiment: experiment.id, message: (error as Error).message });
    }
  }
  return failures;
}
