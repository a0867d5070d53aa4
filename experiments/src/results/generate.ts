import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import { tableToCsv } from '@pixelrnn/metrics';
import type { Experiment } from '../experiment.js';
import { experiments } from '../registry.js';
import { resultTable, tableMarkdown } from '../runner/runTable.js';
import { finishedRuns, writeExperiment } from '../runner/writeExperiment.js';
import { committedPreset } from './committedPreset.js';
import { committedRuns, picturesIn } from './committedRuns.js';
import { modelCard } from './modelCard.js';
import { readRecipes } from './recipes.js';
import { type ExperimentReport, resultsReadme, summary, withSummary } from './report.js';

export interface ResultsPlace {
  /** Folder of the results. */
  results: string;
  /** The README with the summary. */
  readme: string;
}

/**
 * Every text that follows from the run folders and recipes of the results, by its path: the READMEs, tables and model
 * cards.
 *
 * @throws Error naming a file that is damaged or of another version
 */
export async function generatedTexts({ results, readme }: ResultsPlace): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const reports: ExperimentReport[] = [];
  for (const experiment of present(results)) {
    const folder = join(results, experiment.id);
    const runs = await committedRuns(experiment, results);
    const recipes = await readRecipes(join(folder, 'recipes.json'));
    const pictures = await picturesIn(folder, ['plot.png', 'curve.png']);
    reports.push({ experiment, runs, recipes, pictures });
    if (experiment.rows.length === 0) continue;
    const table = resultTable(
      experiment,
      committedPreset,
      await finishedRuns(experiment, committedPreset, folder),
    );
    texts.set(join(folder, 'table.json'), `${JSON.stringify(table, null, 2)}\n`);
    texts.set(join(folder, 'table.md'), tableMarkdown(experiment, table));
    texts.set(join(folder, 'table.csv'), tableToCsv(table));
    for (const run of runs) {
      if (run.hasWeights) texts.set(join(results, run.path, 'MODEL.md'), modelCard(experiment, run));
    }
  }
  texts.set(join(results, 'README.md'), resultsReadme(reports));
  texts.set(readme, withSummary(await readFile(readme, 'utf8'), summary(reports, experiments)));
  return texts;
}

/** Writes them, and the plots and curves. */
export async function writeResults(place: ResultsPlace): Promise<void> {
  for (const experiment of present(place.results)) {
    await writeExperiment(experiment, committedPreset, join(place.results, experiment.id));
  }
  for (const [path, text] of await generatedTexts(place)) await writeFileAtomic(path, text);
}

/** What differs from a fresh generation. */
export async function staleTexts(place: ResultsPlace): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of await generatedTexts(place)) {
    if (!existsSync(path) || (await readFile(path, 'utf8')) !== text) stale.push(path);
  }
  return stale;
}

const present = (results: string): Experiment[] =>
  experiments.filter(({ id }) => existsSync(join(results, id)));
