import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResultTable } from '@pixelrnn/metrics';
import { writeFigure } from '@pixelrnn/plots';
import {
  canRun,
  type Experiment,
  type ExperimentRow,
  type FinishedRow,
  isClosedForm,
  type PresetName,
} from '../experiment.js';
import { curveFigure, type RowLog } from './curveFigure.js';
import type { RunFailure } from './grid.js';
import { trainable } from './plan.js';
import { readConfig, readResult } from './runFiles.js';
import { readRunLog } from './runLog.js';
import type { RunResults } from './runResults.js';
import { resultTable, writeTable } from './runTable.js';
import { leftOut } from './sameSettings.js';

/** A run folder that cannot be read. */
type OnDamaged = (failure: RunFailure) => void;

/**
 * Writes the table, the plots, the curves and the experiment's own figures of all finished runs of a preset into the experiment's folder.
 *
 * @param options.log lines about runs that are left out
 * @param options.onDamaged told of each run that cannot be read, which is left out, or its curve
 * @throws Error at the first of them where there is no `onDamaged`
 */
export async function writeExperiment(
  experiment: Experiment,
  preset: PresetName,
  folder: string,
  {
    log = console.error,
    onDamaged,
  }: { log?: ((line: string) => void) | undefined; onDamaged?: OnDamaged } = {},
): Promise<ResultTable> {
  const results = await finishedRuns(experiment, preset, folder, onDamaged);
  for (const line of leftOut(experiment.rows, results)) log(line);
  const table = resultTable(experiment, preset, results);
  if (experiment.rows.length > 0) await writeTable(experiment, table, results, folder);
  await writeCurves(experiment, results, folder, { log, onDamaged });
  const finished = experiment.rows.filter(trainable).flatMap((row): FinishedRow[] => {
    return [...(results.get(row.name) ?? [])]
      .slice(0, 1)
      .map(([seed, run]) => ({ row, folder: join(folder, 'runs', row.name, `seed-${seed}`), ...run }));
  });
  if (finished.length > 0 || experiment.rows.length === 0) await experiment.figures?.(finished, folder);
  return table;
}

/**
 * Those of the preset, each row's by seed; what is computed, not trained, belongs to every preset.
 *
 * @throws Error naming a file that is damaged, unless there is `onDamaged`
 */
export async function finishedRuns(
  experiment: Experiment,
  preset: PresetName,
  folder: string,
  onDamaged?: OnDamaged,
): Promise<Map<string, RunResults>> {
  const results = new Map<string, RunResults>();
  for (const row of experiment.rows.filter(canRun)) {
    const runs: RunResults = new Map();
    for (const name of await listFolder(join(folder, 'runs', row.name))) {
      const seed = /^seed-(\d+)$/.exec(name)?.[1];
      if (seed === undefined) continue;
      const runFolder = join(folder, 'runs', row.name, name);
      const run = { row: row.name, seed: Number(seed) };
      const result = await intact(() => readResult(runFolder), run, onDamaged);
      const config = await intact(() => readConfig(runFolder), run, onDamaged);
      if (result && config !== null && (config.preset === preset || isClosedForm(row))) {
        runs.set(run.seed, { result, settings: config.settings as Record<string, unknown> });
      }
    }
    if (runs.size > 0) results.set(row.name, new Map([...runs].sort(([a], [b]) => a - b)));
  }
  return results;
}

/** What `read` reads; null where that is damaged. @throws Error then, where nothing is told of it */
async function intact<T>(
  read: () => Promise<T>,
  run: Omit<RunFailure, 'message'>,
  onDamaged: OnDamaged | undefined,
): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!onDamaged) throw error;
    onDamaged({ ...run, message: (error as Error).message });
    return null;
  }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** `curve.png` and `curve.html`: training and validation loss of every finished run that has logged any, in the experiment's metric. */
async function writeCurves(
  experiment: Experiment,
  results: ReadonlyMap<string, RunResults>,
  folder: string,
  { log, onDamaged }: { log: (line: string) => void; onDamaged: OnDamaged | undefined },
): Promise<void> {
  const runs: RowLog[] = [];
  for (const [name, seeds] of results) {
    const row = experiment.rows.find((candidate) => candidate.name === name) as ExperimentRow;
    if (!row.model) continue;
    for (const [seed, { result }] of seeds) {
      const runFolder = join(folder, 'runs', name, `seed-${seed}`);
      const label = seeds.size > 1 ? `${row.label}, seed ${seed}` : row.label;
      const lines = await intact(() => readRunLog(runFolder), { row: name, seed }, onDamaged);
      if (lines && lines.length > 0)
        runs.push({ row: name, label, log: lines, dimensions: result.dimensions });
      else if (lines) log(`${row.label}, seed ${seed}: no curve: metrics.jsonl of ${runFolder} is empty.`);
    }
  }
  if (runs.length === 0) return;
  const figure = curveFigure(experiment, runs);
  await writeFigure(figure, { png: join(folder, 'curve.png'), html: join(folder, 'curve.html') });
}
