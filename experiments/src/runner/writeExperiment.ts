import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResultTable } from '@pixelrnn/metrics';
import { type LoggedRun, trainingCurve, writeFigure } from '@pixelrnn/plots';
import { readMetricsLog } from '@pixelrnn/training';
import {
  canRun,
  type Experiment,
  type ExperimentRow,
  type FinishedRow,
  isClosedForm,
  type PresetName,
} from '../experiment.js';
import { splitName } from '../measured.js';
import { trainable } from './plan.js';
import { readConfig, readResult } from './runFiles.js';
import { type RunResults, resultTable, writeTable } from './runTable.js';

/** Writes the table, the plots, the curves and the experiment's own figures of all finished runs of a preset into the experiment's folder. */
export async function writeExperiment(
  experiment: Experiment,
  preset: PresetName,
  folder: string,
): Promise<ResultTable> {
  const results = await finishedRuns(experiment, preset, folder);
  const table = resultTable(experiment, preset, results);
  if (experiment.rows.length > 0) await writeTable(experiment, table, results, folder);
  await writeCurves(experiment, results, folder);
  const finished = experiment.rows.filter(trainable).flatMap((row): FinishedRow[] => {
    const runs = [...(results.get(row.name) ?? [])].sort(([a], [b]) => a - b);
    return runs
      .slice(0, 1)
      .map(([seed, run]) => ({ row, folder: join(folder, 'runs', row.name, `seed-${seed}`), ...run }));
  });
  if (finished.length > 0 || experiment.rows.length === 0) await experiment.figures?.(finished, folder);
  return table;
}

/** Those of the preset; what is computed, not trained, belongs to every preset. */
export async function finishedRuns(
  experiment: Experiment,
  preset: PresetName,
  folder: string,
): Promise<Map<string, RunResults>> {
  const results = new Map<string, RunResults>();
  for (const row of experiment.rows.filter(canRun)) {
    const runs: RunResults = new Map();
    for (const name of await listFolder(join(folder, 'runs', row.name))) {
      const seed = /^seed-(\d+)$/.exec(name)?.[1];
      if (seed === undefined) continue;
      const runFolder = join(folder, 'runs', row.name, name);
      const result = await readResult(runFolder);
      const config = await readConfig(runFolder);
      if (result && config !== null && (config.preset === preset || isClosedForm(row))) {
        runs.set(Number(seed), { result, settings: config.settings as Record<string, unknown> });
      }
    }
    if (runs.size > 0) results.set(row.name, runs);
  }
  return results;
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** `curve.png` and `curve.html`: training and validation loss of every finished run, in the experiment's metric. */
async function writeCurves(
  experiment: Experiment,
  results: ReadonlyMap<string, RunResults>,
  folder: string,
): Promise<void> {
  const { metric, title } = experiment;
  const runs: LoggedRun[] = [];
  for (const [name, seeds] of results) {
    const row = experiment.rows.find((candidate) => candidate.name === name) as ExperimentRow;
    if (!row.model) continue;
    for (const [seed, { result }] of seeds) {
      const log = await readMetricsLog(join(folder, 'runs', name, `seed-${seed}`));
      const label = seeds.size > 1 ? `${row.label}, seed ${seed}` : row.label;
      runs.push({ label, log, dimensions: result.dimensions });
    }
  }
  if (runs.length === 0) return;
  const paper = experiment.rows
    .filter(({ name, model, paper }) => model && results.has(name) && paper !== null)
    .map(({ label, paper }) => ({ label: `${label}, ${splitName(experiment)}`, value: paper as number }));
  const figure = trainingCurve(runs, { unit: metric, paper, title });
  await writeFigure(figure, { png: join(folder, 'curve.png'), html: join(folder, 'curve.html') });
}
