import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CommittedRun,
  committedRuns,
  departures,
  type Experiment,
  experiments,
  measured,
  pairedGaps,
  quantityOf,
  sizesOf,
  splitName,
} from '@pixelrnn/experiments';
import {
  type MetricsLine,
  paperNumber,
  parseMetricsLog,
  type ResultRow,
  type ResultTable,
  resultTableSchema,
} from '@pixelrnn/metrics';
import { z } from 'zod';
import { type PictureSize, pictureSize } from './pictureSize.js';

/** A run with what the page says of it. */
export interface SiteRun {
  /** `<id>/runs/<row>/seed-<n>`, from the results' folder and from the page's `runs` folder. */
  path: string;
  row: string;
  seed: number;
  label: string;
  /** In the table's metric, on the split that the paper reports. */
  value: number;
  standardError: number | null;
  sizes: string;
  departures: string[];
  parameters: number;
  steps: number;
  images: number;
  seconds: number;
  dimensions: number;
  dataset: string;
  engine: string;
  cpu: string;
  threads: number;
  commit: string | null;
  /** How its number came about. */
  origin: 'trained' | 'computed' | 'measured';
  hasWeights: boolean;
  /** Its curve; empty of what is computed. */
  log: MetricsLine[];
  /** Files of its folder that the page links to, weights aside. */
  files: string[];
  pictures: RunPicture[];
}

export interface SiteExperiment {
  id: string;
  title: string;
  metric: ResultTable['metric'];
  split: ResultTable['split'];
  /** What the images of the split are called. */
  splitName: string;
  /** What the numbers are, and of which images. */
  quantity: string;
  /** That alone, where it is not the likelihood of whole images. */
  ownQuantity: string | null;
  /** What a reader should know before comparing them. */
  note: string | null;
  rows: ResultRow[];
  /** What each row is called without the sizes of ours. */
  labels: ReadonlyMap<string, string>;
  runs: SiteRun[];
  /** Rows that have a model and no run. */
  missing: string[];
  /** What densities cost above their discrete models; null in other experiments. */
  gaps: string | null;
  /** Further pictures of its folder, such as receptive fields. */
  pictures: SitePicture[];
  /** `plot.png` and `curve.png`, for readers whose browser draws no figures. */
  committed: RunPicture[];
}

/** A picture and its size, by which the page keeps its room before it is loaded. */
export interface RunPicture {
  file: string;
  size: PictureSize;
}

export interface SitePicture extends RunPicture {
  /** Files of the same name beside it, with its numbers. */
  beside: string[];
  /** What its JSON file holds; null where there is none. */
  numbers: unknown;
}

/** The files that a number links to. */
const linked = ['config.json', 'environment.json', 'result.json', 'metrics.jsonl', 'MODEL.md'];
/** Made again by the page itself. */
const tablePictures = ['plot.png', 'curve.png'];

/** All committed results, table by table, in the registry's order. @throws Error naming a file that is damaged */
export async function readResults(folder: string): Promise<SiteExperiment[]> {
  const found: SiteExperiment[] = [];
  for (const experiment of experiments.filter(({ id }) => existsSync(join(folder, id)))) {
    found.push(await readExperiment(experiment, folder));
  }
  return found;
}

async function readExperiment(experiment: Experiment, folder: string): Promise<SiteExperiment> {
  const own = join(folder, experiment.id);
  const table = await readTable(experiment, join(own, 'table.json'));
  const committed = await committedRuns(experiment, folder);
  const runs: SiteRun[] = [];
  for (const run of committed) runs.push(await readRun(experiment, run, folder));
  return {
    id: experiment.id,
    title: experiment.title,
    metric: table.metric,
    split: table.split,
    splitName: splitName(experiment),
    quantity: quantityOf(experiment),
    ownQuantity: experiment.quantity ?? null,
    note: experiment.note ?? null,
    rows: table.rows,
    labels: new Map(experiment.rows.map(({ name, label }) => [name, label])),
    runs,
    missing: experiment.rows
      .filter((row) => row.model && !committed.some((run) => run.row === row))
      .map(({ label }) => label),
    gaps: pairedGaps(committed),
    pictures: await readPictures(own),
    committed: await Promise.all(
      tablePictures.filter((file) => existsSync(join(own, file))).map((file) => readPicture(own, file)),
    ),
  };
}

/** An experiment without a table has pictures alone. */
async function readTable(
  { metric, split = 'test' }: Experiment,
  path: string,
): Promise<Pick<ResultTable, 'metric' | 'split' | 'rows'>> {
  if (!existsSync(path)) return { metric, split, rows: [] };
  return readJson(path, (json) => resultTableSchema.parse(json));
}

/** @throws Error naming a file that is damaged */
async function readJson<T>(path: string, parse: (json: unknown) => T): Promise<T> {
  try {
    return parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new Error(`${path} is damaged (${why}): put the file back, or run \`pnpm results\`.`, { cause });
  }
}

async function readRun(experiment: Experiment, run: CommittedRun, folder: string): Promise<SiteRun> {
  const { row, seed, path, result, environment } = run;
  const own = join(folder, path);
  const log = join(own, 'metrics.jsonl');
  const names = await readdir(own);
  const pictures = names.filter((name) => name.endsWith('.png')).sort();
  return {
    ...{ path, seed, row: row.name, label: `${row.label}${seed === 0 ? '' : `, seed ${seed}`}` },
    ...measured(experiment, run),
    sizes: run.row.model ? sizesOf(run.row.model, run.config.settings) : '',
    departures: departures(experiment, run),
    ...{ parameters: result.parameters, steps: result.steps, images: result.images, seconds: result.seconds },
    ...{ dimensions: result.dimensions, dataset: result.dataset, engine: result.engine },
    ...{ cpu: environment.cpu, threads: environment.threads, commit: environment.commit },
    origin: row.closedForm ? 'computed' : row.measure ? 'measured' : 'trained',
    hasWeights: run.hasWeights,
    log: existsSync(log) ? parseMetricsLog(await readFile(log, 'utf8')) : [],
    files: names.filter((name) => linked.includes(name)).sort(),
    pictures: await Promise.all(pictures.map((file) => readPicture(own, file))),
  };
}

async function readPicture(folder: string, file: string): Promise<RunPicture> {
  const path = join(folder, file);
  return { file, size: await pictureSize(path, path) };
}

async function readPictures(folder: string): Promise<SitePicture[]> {
  const all = (await readdir(folder)).sort();
  const pictures = all.filter((name) => name.endsWith('.png') && !tablePictures.includes(name));
  return Promise.all(
    pictures.map(async (file) => {
      const [json, text] = [file.replace(/png$/, 'json'), file.replace(/png$/, 'md')];
      const beside = [json, text].filter((name) => all.includes(name));
      const numbers = beside.includes(json) ? await readJson(join(folder, json), (numbers) => numbers) : null;
      return { ...(await readPicture(folder, file)), beside, numbers };
    }),
  );
}

/** Numbers as the results' own pages print them. */
export const inMetric = ({ metric }: Pick<SiteExperiment, 'metric'>, value: number): string =>
  value.toFixed(metric === 'nats' ? 2 : 3);

export const paperText = (row: ResultRow): string => paperNumber(row);
