import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  canRun,
  committedPreset,
  type Experiment,
  finishedRuns,
  pretrainedModels,
  resultsFolder,
  resultTable,
  splitName,
  standardError,
  stepsOf,
  tableFigure,
} from '@pixelrnn/experiments';
import { paperNumber, type ResultRow, type ResultTable, resultTableSchema } from '@pixelrnn/metrics';
import { duration, type Figure } from '@pixelrnn/plots';
import { experimentOf } from './experimentOf.js';

/** A row as a table shows it; empty texts stand for what was not measured. */
export interface CommittedRow {
  model: string;
  /** Absent where the paper has no number for any row; `(?)` marks one that was recalled, not read again. */
  paper?: string;
  ours: string;
  /** Over images; of several seeds the mean of theirs. */
  'standard error': string;
  /** Of `ours` over seeds, and how many they are; absent where no row has several. */
  'standard deviation'?: string;
  parameters: string;
  /** `computed` or `measured` where a row is not trained. */
  steps: string;
  'wall time': string;
}

/** What the repository holds of an experiment's results. */
export interface CommittedResults {
  /** What there is, what is missing and what the marks mean, in a line or two. */
  note: string;
  /** For a DataFrame: `new DataFrame(rows)`. Those with a number, the paper's or ours; all of them where nothing was measured. */
  rows: CommittedRow[];
  /** The paper's numbers beside ours; null where there is no number at all. */
  figure: Figure | null;
  /** Committed pictures of trained rows, PNG: samples first, then what else a row draws, such as its classes. */
  samples: { label: string; png: Uint8Array }[];
  /** Names for `loadPretrained`, the best likelihood first. */
  pretrained: string[];
}

/**
 * The results of an experiment as committed in `results/`, the paper's numbers alone where there are none yet.
 *
 * @param given the experiment, or its id
 * @param results folder of the results; this checkout's when absent
 * @throws Error where `table.json` is damaged
 */
export async function committedResults(
  given: Experiment | string,
  results = resultsFolder,
): Promise<CommittedResults> {
  const experiment = experimentOf('committedResults', given);
  const table = await readTable(experiment, results);
  const ours = (row: ResultRow) => row[table.split];
  const measured = table.rows.filter((row) => ours(row) !== null);
  const runs = await finishedRuns(experiment, committedPreset, join(results, experiment.id));
  const samples: CommittedResults['samples'] = [];
  for (const { name, label, seeds } of table.rows) {
    const folder = join(results, experiment.id, 'runs', name, `seed-${Math.min(...seeds)}`);
    samples.push(...(await picturesOf(label, folder)));
  }
  const weights = await pretrainedModels(results);
  const best = [...measured].sort((a, b) => (ours(a) as number) - (ours(b) as number));
  return {
    note: note(experiment, measured),
    rows: table.rows
      .filter((row) => measured.length === 0 || row.paper !== null || ours(row) !== null)
      .map((row) => shown(row, table, experiment, standardError(experiment, row, runs))),
    figure: tableFigure(experiment, table, runs),
    samples,
    pretrained: best.map(({ name }) => `${experiment.id}/${name}`).filter((name) => weights.has(name)),
  };
}

const samplesName = 'samples.png';

/** Pictures of a run folder, `samples.png` under the row's label alone, `classes-guidance-3.png` as "label, classes guidance 3". */
async function picturesOf(label: string, folder: string): Promise<CommittedResults['samples']> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
  const ordered = [
    ...names.filter((name) => name === samplesName),
    ...names.filter((name) => name !== samplesName),
  ];
  return Promise.all(
    ordered.map(async (name) => ({
      label: name === samplesName ? label : `${label}, ${name.slice(0, -'.png'.length).replaceAll('-', ' ')}`,
      png: await readFile(join(folder, name)),
    })),
  );
}

async function readTable(experiment: Experiment, results: string): Promise<ResultTable> {
  const path = join(results, experiment.id, 'table.json');
  if (!existsSync(path)) return resultTable(experiment, 'cpu', new Map());
  const parsed = resultTableSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(
    `${path} should be a result table, but it is not (${parsed.error.message}): put the file back, or run pnpm results.`,
  );
}

function note(experiment: Experiment, measured: readonly ResultRow[]): string {
  const { id, rows, metric } = experiment;
  const ours = rows.filter((row) => canRun(row) && !row.standIn).length;
  const unit = metric === 'nats' ? 'nats per image' : 'bits per dimension';
  const recalled = rows.some(({ paperRecalled }) => paperRecalled)
    ? "\n(?) marks a number of the paper's that was recalled, not read again."
    : '';
  const seeds = measured.some(({ sd }) => sd !== null)
    ? '\nOf a row with several seeds, ours and the standard error are means over them, and the standard deviation is that of ours.'
    : '';
  return measured.length === 0
    ? `results/ has no number of ${id} yet; \`pnpm exp ${id} --preset cpu\` trains ${ours === 1 ? 'its row' : `its ${ours} rows`}.${recalled}`
    : `${counted(measured.length, ours)} of ${id} ${measured.length === 1 ? 'has' : 'have'} a committed result; ${unit} of the ${splitName(experiment)} images.${seeds}${recalled}`;
}

function counted(measured: number, all: number): string {
  if (measured < all) return `${measured} of ${all} rows`;
  if (all <= 2) return all === 1 ? 'The one row' : 'Both rows';
  return `All ${all} rows`;
}

function deviation({ sd, seeds }: ResultRow, places: number): string {
  return sd === null ? '' : `${sd.toFixed(places)} over ${seeds.length} seeds`;
}

function shown(
  row: ResultRow,
  { metric, split, rows }: ResultTable,
  experiment: Experiment,
  error: number | null,
): CommittedRow {
  const count = (value: number | null) => (value ? Math.round(value).toLocaleString('en-US') : '');
  const places = metric === 'nats' ? 2 : 3;
  const { seconds, steps } = row;
  const own = experiment.rows.find(({ name }) => name === row.name);
  return {
    model: row.label,
    ...(rows.some(({ paper }) => paper !== null) && { paper: paperNumber(row) }),
    ours: row[split]?.toFixed(places) ?? '',
    'standard error': error ? error.toFixed(places) : '',
    ...(rows.some(({ sd }) => sd !== null) && { 'standard deviation': deviation(row, places) }),
    parameters: count(row.parameters),
    steps: own && steps !== null ? stepsOf(own, steps) : '',
    'wall time': seconds !== null && seconds >= 1 ? duration(seconds) : '',
  };
}
