import { type Figure, tablePlot, trainingCurve } from '@pixelrnn/plots';
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
  const { rows, split, splitName, runs, metric, title } = experiment;
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
        sizes: run?.sizes || null,
        parameters: row.parameters,
        steps: run?.origin === 'trained' ? row.steps : null,
        seconds: run?.origin === 'trained' ? row.seconds : null,
      };
    }),
    { metric, split: splitName, title },
  );
}

function curves(experiment: SiteExperiment, runs: readonly SiteRun[], horizontal: 'steps' | 'hours'): Figure {
  const papers = experiment.rows.filter(
    (row) => row.paper !== null && runs.some((run) => run.row === row.name),
  );
  return trainingCurve(
    runs.map(({ label, log, dimensions }) => ({ label, log, dimensions })),
    {
      unit: experiment.metric,
      horizontal,
      title: `${experiment.title}, by ${horizontal === 'steps' ? 'step' : 'hour'}`,
      paper: papers.map(({ label, paper }) => ({ label, value: paper as number })),
    },
  );
}
