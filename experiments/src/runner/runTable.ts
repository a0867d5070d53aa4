import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import {
  bitsPerDim,
  paperNumber,
  type ResultRow,
  type ResultTable,
  tableToCsv,
  tableToMarkdown,
} from '@pixelrnn/metrics';
import { type Figure, tablePlot, writeFigure } from '@pixelrnn/plots';
import type { Experiment, ExperimentRow, PresetName } from '../experiment.js';
import { columnsNote, measured, splitName } from '../measured.js';
import { ownSettings } from './ownSettings.js';
import type { FinishedRun, RunResults } from './runResults.js';
import { sameSettings } from './sameSettings.js';
import { sizesOf } from './sizesOf.js';

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function standardDeviation(values: number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** The means over the seeds that have the settings of the lowest one: a mean over other ones would be that of no model. */
function tableRow(experiment: Experiment, row: ExperimentRow, runs: RunResults | undefined): ResultRow {
  const { name, label, paper, paperSource, paperRecalled = false } = row;
  const base = { name, label, paper, paperSource, paperRecalled };
  const { same } = sameSettings(row, runs);
  const finished = [...same.values()];
  const results = finished.map(({ result }) => result);
  const [first] = results;
  if (!first) {
    return {
      ...base,
      test: null,
      valid: null,
      train: null,
      sd: null,
      seeds: [],
      parameters: null,
      steps: null,
      images: null,
      seconds: null,
      engine: null,
    };
  }
  const inMetric = (nats: number) =>
    experiment.metric === 'nats' ? nats : bitsPerDim(nats, first.dimensions);
  const trains = results.map(({ train }) => train).filter((train) => train !== null);
  return {
    ...base,
    label: measuredLabel(experiment, row, finished[0] as FinishedRun),
    test: mean(results.map(({ test }) => inMetric(test))),
    valid: mean(results.map(({ valid }) => inMetric(valid))),
    train: trains.length === results.length ? mean(trains.map(inMetric)) : null,
    sd: standardDeviation(results.map((result) => inMetric(result[experiment.split ?? 'test']))),
    seeds: [...same.keys()],
    parameters: first.parameters,
    steps: Math.max(...results.map(({ steps }) => steps)),
    images: Math.max(...results.map(({ images }) => images)),
    seconds: mean(results.map(({ seconds }) => seconds)),
    engine: [...new Set(results.map(({ engine }) => engine))].join(' '),
  };
}

/** What was measured, where it is not what preset `paper` measures: other sizes, another dataset, a part of the split. */
function measuredLabel(
  experiment: Experiment,
  row: ExperimentRow,
  { result, settings }: FinishedRun,
): string {
  const { dataset, testImages, testSplit, validImages } = result;
  const parts = [row.label];
  const paper = row.model?.presets.paper as Record<string, unknown> | undefined;
  for (const key of row.model ? ownSettings(row.model, settings) : []) {
    if (settings[key] !== paper?.[key]) parts.push(`${key} ${settings[key]}`);
  }
  if (dataset !== experiment.canonicalDataset) parts.push(`on ${dataset}`);
  if (experiment.split === 'valid') {
    if (settings.validImages !== null) parts.push(`${validImages} of the validation images`);
  } else if (testImages < testSplit) parts.push(`${testImages} of ${testSplit} test images`);
  return parts.join(', ');
}

/** The experiment's table: the paper's number and ours for every row, `null` where nothing was measured. */
export function resultTable(
  experiment: Experiment,
  preset: PresetName,
  results: ReadonlyMap<string, RunResults>,
): ResultTable {
  return {
    experiment: experiment.id,
    preset,
    metric: experiment.metric,
    split: experiment.split ?? 'test',
    rows: experiment.rows.map((row) => tableRow(experiment, row, results.get(row.name))),
  };
}

/** `table.md`. */
export const tableMarkdown = (experiment: Experiment, table: ResultTable): string =>
  tableToMarkdown(table, { quantity: experiment.quantity, note: columnsNote(experiment) });

/** Writes `table.json`, `table.md`, `table.csv`, `plot.png` and `plot.html` into the experiment's folder; no plot before the first
 * number. */
export async function writeTable(
  experiment: Experiment,
  table: ResultTable,
  results: ReadonlyMap<string, RunResults>,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, 'table.json'), `${JSON.stringify(table, null, 2)}\n`);
  await writeFileAtomic(join(folder, 'table.md'), tableMarkdown(experiment, table));
  await writeFileAtomic(join(folder, 'table.csv'), tableToCsv(table));
  const figure = tableFigure(experiment, table, results);
  if (figure) await writeFigure(figure, { png: join(folder, 'plot.png'), html: join(folder, 'plot.html') });
}

/** The standard error of a row over images, in the table's metric; of several seeds the mean of theirs. */
export function standardError(
  experiment: Experiment,
  { name, seeds }: ResultRow,
  results: ReadonlyMap<string, RunResults>,
): number | null {
  const errors = seeds.flatMap((seed) => {
    const run = results.get(name)?.get(seed);
    const error = run ? measured(experiment, run).standardError : null;
    return error === null ? [] : [error];
  });
  return errors.length === 0 ? null : mean(errors);
}

/**
 * The plot of a table's rows that have a number, each with its standard deviation over seeds where it has several, else with its
 * {@link standardError}; null where there is none.
 */
export function tableFigure(
  experiment: Experiment,
  table: ResultTable,
  results: ReadonlyMap<string, RunResults>,
): Figure | null {
  const rows = table.rows.map((row, i) => {
    const { label, paper, parameters, steps, seconds } = row;
    const [run] = results.get(row.name)?.values() ?? [];
    const sd = row.sd ?? standardError(experiment, row, results);
    const ours = { ours: row[table.split], sd, seeds: row.seeds.length };
    const plotted = { label, paper, paperText: paperNumber(row) || '–', ...ours };
    const { model } = experiment.rows[i] as ExperimentRow;
    if (!run || !model) return { ...plotted, parameters: parameters || null };
    return { ...plotted, sizes: sizesOf(model, run.settings), parameters, steps, seconds };
  });
  const known = rows.filter(({ paper, ours }) => paper !== null || ours !== null);
  if (known.length === 0) return null;
  return tablePlot(known, {
    metric: table.metric,
    split: splitName(experiment),
    title: experiment.title,
    quantity: experiment.quantity,
  });
}
