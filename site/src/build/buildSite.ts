import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { figureDescription, imageGrid } from '@pixelrnn/plots';
import type { SiteManifest } from '../manifest.js';
import { bundle } from './bundle.js';
import { bytesScript, dataScript, hashed, type OutFile } from './dataScripts.js';
import { digitLabels, digitsDataset, packBits, readDigits } from './digits.js';
import { figuresOf } from './figures.js';
import { pageHtml } from './html/pageHtml.js';
import { runDetails } from './html/runsHtml.js';
import { modelFiles } from './modelFiles.js';
import { pictureSize } from './pictureSize.js';
import { readResults, type SiteExperiment } from './readResults.js';
import { serviceWorker } from './serviceWorker.js';
import { SiteError } from './siteError.js';

export interface BuiltSite {
  files: OutFile[];
  manifest: SiteManifest;
  /** Runs whose weights the page cannot run, and why. */
  left: string[];
}

/**
 * The whole site from a folder of committed results.
 *
 * @throws SiteError naming the folder where it holds no results, or the file that is damaged
 */
export async function buildSite(results: string): Promise<BuiltSite> {
  const experiments = await readResults(results).catch((cause: Error) => {
    throw new SiteError(cause.message, { cause });
  });
  if (experiments.length === 0) {
    throw new SiteError(
      `${results} holds no results: expected a folder such as results/, with a folder for each experiment.`,
    );
  }
  await loadEngine({ quiet: true });
  const { models, files: plans, left } = await modelFiles(experiments, results);
  const images = await readDigits();
  const count = images.length / 784;
  const shape = { count, height: 28, width: 28, channels: 1, levels: 2 };
  const picture = await imageGrid({ ...shape, images });
  const grid = hashed('assets', 'real-digits', 'png', picture);
  const digits = bytesScript('assets', 'digits', packBits(images));
  const plotly = hashed('assets', 'plotly', 'js', await readFile(plotlyPath()));
  const figures = experiments.flatMap(figuresOf).map((figure) => {
    const description = figureDescription(figure.figure);
    const out = dataScript('figures', figure.id, { ...figure.figure, description });
    return { figure, out, script: out.path };
  });
  const real = { dataset: digitsDataset, picture: grid.path, size: await pictureSize(picture, grid.path) };
  const details = dataScript('assets', 'details', runDetails(experiments, real));
  const { program, style, worker } = await bundle();
  const manifest = {
    plotly: plotly.path,
    worker: { script: worker.path, name: 'worker' },
    details: { script: details.path, name: 'details' },
    models,
    digits: { ...digits.file, labels: digitLabels },
  };
  const page = {
    path: 'index.html',
    content: pageHtml({
      ...{ manifest, experiments, figures, style: style.path, program: program.path },
    }),
  };
  const files = [
    ...[page, program, style, worker, plotly, grid, digits.out, details],
    ...plans,
    ...figures.map(({ out }) => out),
    ...(await runFiles(experiments, results)),
  ];
  return { files: [...files, serviceWorker(files)], manifest, left };
}

const plotlyPath = (): string =>
  createRequire(import.meta.url).resolve('plotly.js-cartesian-dist-min/plotly-cartesian.min.js');

/** What numbers link to, and pictures, under the same names as in the results. */
async function runFiles(experiments: readonly SiteExperiment[], results: string): Promise<OutFile[]> {
  const paths = experiments.flatMap(({ id, runs, pictures, committed }) => [
    ...committed.map(({ file }) => `${id}/${file}`),
    ...pictures.flatMap(({ file, beside }) => [file, ...beside].map((name) => `${id}/${name}`)),
    ...runs.flatMap(({ path, files, pictures }) =>
      [...files, ...pictures.map(({ file }) => file)].map((file) => `${path}/${file}`),
    ),
  ]);
  return Promise.all(
    paths.map(async (path) => ({ path: `runs/${path}`, content: await readFile(join(results, path)) })),
  );
}
