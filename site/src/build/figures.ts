import { curveFigure, findExperiment } from '@pixelrnn/experiments';
import { type Figure, tablePlot } from '@pixelrnn/plots';
import { paperText, type SiteExperiment, type SiteRun } from './readResults.js';

/** A figure of the page: loaded and drawn when it comes into view. */
export interface SiteFigure {
  id: string;
  figure: Figure;
}

/** The figures of an experiment: its table, and its curves by step and by hour. */
export function figuresOf(experiment: SiteExperiment): SiteFigure[] {
  const { id } = experiment;
  const figures: SiteFigure[] = [];
  const table = tableFigure(experiment);
  if (table) figures.push({ id: `${id}-table`, figure: table });
  const logged = experiment.runs.filter(({ log }) => log.length > 0);
  if (logged.length > 0) {
    for (const horizontal of ['steps', 'hours'] as const) {
      figures.push({ id: `${id}-${horizontal}`, figure: curves(experiment, logged, horizontal) });
    }
  }
  return figures;
}

function tableFigure(experiment: SiteExperiment): Figure | null {
  const { rows, split, splitName, runs, metric, title, ownQuantity } = experiment;
  const known = rows.filter((row) => row.paper !== null || row[split] !== null);
  if (known.length === 0) return null;
  return tablePlot(
    known.map((row) => {
      const run = runs.find((one) => one.row === row.name);
      return {
        label: row.label,
        paper: row.paper,
        paperText: paperText(row) || '–',
        ours: row[split],
        sd: row.sd ?? run?.standardError ?? null,
        seeds: row.seeds.length,
        sizes: run?.sizes || null,
        parameters: row.parameters,
        steps: run?.origin === 'trained' ? row.steps : null,
        seconds: run?.origin === 'trained' ? row.seconds : null,
      };
    }),
    { metric, split: splitName, title, quantity: ownQuantity ?? undefined },
  );
}

function curves(
  { id, title }: SiteExperiment,
  runs: readonly SiteRun[],
  horizontal: 'steps' | 'hours',
): Figure {
  return curveFigure(
    findExperiment(id),
    runs.map(({ row, label, log, dimensions }) => ({ row, label, log, dimensions })),
    { horizontal, title: `${title}, by ${horizontal === 'steps' ? 'step' : 'hour'}` },
  );
}
