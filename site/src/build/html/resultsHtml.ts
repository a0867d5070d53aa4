import type { ResultRow } from '@pixelrnn/metrics';
import { formatSeconds } from '@pixelrnn/training';
import { z } from 'zod';
import type { SiteFigure } from '../figures.js';
import { inMetric, paperText, type SiteExperiment, type SitePicture, type SiteRun } from '../readResults.js';
import { type Html, html } from './html.js';
import { count, runAnchor, runsHtml, units } from './runsHtml.js';

/** A section for an experiment: its table as text, its figures, its runs. */
export function experimentHtml(
  experiment: SiteExperiment,
  figures: readonly { figure: SiteFigure; script: string }[],
): Html {
  const { id, title, split, runs, rows, missing, gaps, pictures } = experiment;
  const own = figures.filter(({ figure }) => figure.id.startsWith(`${id}-`));
  const [table] = own.filter(({ figure }) => figure.id === `${id}-table`);
  const curves = own.filter((one) => one !== table);
  const shown = rows.filter((row) => row.paper !== null || row[split] !== null);
  return html`
<section class="experiment" id="${id}" aria-labelledby="${id}-title">
  <h3 id="${id}-title">${title}</h3>
  ${shown.length > 0 ? tableHtml(experiment, shown) : null}
  ${rows.some(({ paperRecalled }) => paperRecalled) ? html`<p class="note">(?) marks a number of the paper that was recalled, not read again.</p>` : null}
  ${gaps ? html`<p class="note">${gaps}</p>` : null}
  ${missing.length > 0 ? html`<p class="note">Not trained yet: ${missing.join('; ')}.</p>` : null}
  ${table ? figureHtml([table], 'Paper beside ours') : null}
  ${curves.length > 0 ? html`<div id="${id}-curves">${figureHtml(curves, 'Training curves')}</div>` : null}
  ${pictures.map((picture) => pictureHtml(experiment, picture))}
  ${runs.length > 0 ? runsHtml(experiment) : null}
</section>`;
}

function tableHtml(experiment: SiteExperiment, shown: readonly ResultRow[]): Html {
  const { title, metric, quantity, rows } = experiment;
  return html`
  <p>${quantity} in ${units[metric]}; lower is better.
  ± is the standard error over images${rows.some(({ sd }) => sd !== null) ? ', in the figure the standard deviation over seeds where there are several' : ''}.</p>
  <div class="scroll" tabindex="0" role="region" aria-label="${title}: table">
  <table class="numbers">
    <caption class="unseen">${title}: the paper's numbers and ours</caption>
    <thead><tr><th scope="col">Model</th><th scope="col" class="number">Paper</th><th scope="col" class="number">Ours</th>
      <th scope="col" class="number">Parameters</th><th scope="col" class="number">Steps</th><th scope="col" class="number">Wall time</th><th scope="col">Run</th></tr></thead>
    <tbody>${shown.flatMap((row) => tableRows(experiment, row))}</tbody>
  </table>
  </div>`;
}

function tableRows(experiment: SiteExperiment, row: ResultRow): Html[] {
  const runs = experiment.runs.filter((run) => run.row === row.name);
  if (runs.length === 0) {
    return [
      html`<tr class="quoted"><th scope="row">${row.label}</th><td class="number">${paperText(row) || '–'}</td><td class="number">–</td><td></td><td></td><td></td><td></td></tr>`,
    ];
  }
  return runs.map((run, i) => {
    const label = runs.length > 1 ? `${row.label}, seed ${run.seed}` : row.label;
    const error = run.standardError
      ? html` <span class="error">± ${inMetric(experiment, run.standardError)}</span>`
      : null;
    return html`<tr><th scope="row">${label}</th><td class="number">${i === 0 ? paperText(row) || '–' : ''}</td>
      <td class="number ours"><a href="#${runAnchor(run)}">${inMetric(experiment, run.value)}</a>${error}</td>
      <td class="number">${count(run.parameters)}</td><td class="number">${run.origin === 'trained' ? count(run.steps) : run.origin}</td>
      <td class="number">${formatSeconds(run.seconds)}</td><td class="links">${runLinks(experiment, run)}</td></tr>`;
  });
}

/** Every number is one step from the settings, the machine and the curve that it comes from. */
function runLinks({ id }: SiteExperiment, run: SiteRun): Html {
  const link = (file: string, text: string) =>
    run.files.includes(file)
      ? html`<a href="runs/${run.path}/${file}" aria-label="${text} of ${run.label}: ${file}">${text}</a> `
      : null;
  const curve =
    run.log.length > 0 ? html`<a href="#${id}-curves" aria-label="curve of ${run.label}">curve</a> ` : null;
  return html`${link('config.json', 'config')}${link('environment.json', 'environment')}${curve}`;
}

function figureHtml(figures: readonly { figure: SiteFigure; script: string }[], label: string): Html {
  const [first] = figures;
  if (!first) throw new Error('a place for figures needs one');
  const buttons =
    figures.length > 1
      ? html`<div class="switch" role="group" aria-label="${label}: horizontal axis">${figures.map(
          ({ figure }, i) =>
            html`<button type="button" data-show="${figure.id}" aria-pressed="${i === 0 ? 'true' : 'false'}">${figure.id.endsWith('-hours') ? 'by hour' : 'by step'}</button>`,
        )}</div>`
      : null;
  return html`
  <div class="plot">
    ${buttons}
    <div class="scroll" tabindex="0" role="region" aria-label="${label}: figure">
    ${figures.map(
      ({ figure, script }, i) => html`
      <div class="figure" role="figure" aria-label="${label}" data-figure="${figure.id}" data-script="${script}" style="min-height:${Number(figure.figure.layout.height)}px"${i > 0 ? html` hidden` : null}><p class="waiting">The figure is drawn when it comes into view; the table says the same.</p></div>`,
    )}
    </div>
  </div>`;
}

function pictureHtml({ id, title }: SiteExperiment, { file, size, beside, numbers }: SitePicture): Html {
  const name = file.replace(/\.png$/, '').replaceAll('-', ' ');
  const contexts = contextsIn(numbers);
  const told = contexts
    ? `What one pixel's prediction depends on: ${contexts.map((one) => `${one.name} ${one.inputs} of ${one.ideal}`).join('; ')} earlier pixels.`
    : `${name} of ${title}`;
  return html`
  <figure class="wide-picture"><img src="runs/${id}/${file}" width="${size.width}" height="${size.height}" alt="${told}" loading="lazy" decoding="async">
  <figcaption>${contexts ? told : name} <span class="links">${beside.map((one) => html`<a href="runs/${id}/${one}">${one}</a> `)}</span></figcaption></figure>`;
}

/** How much of what is earlier a prediction reads. */
interface Context {
  name: string;
  inputs: number;
  ideal: number;
}

const receptiveFields = z.object({
  rows: z.array(z.object({ name: z.string(), inputs: z.int(), ideal: z.int() })),
});
const blindSpots = z.object({
  contexts: z.array(z.object({ stack: z.string(), depth: z.int(), reads: z.int(), misses: z.int() })),
});

/** The contexts in the numbers of a picture, of the experiments on receptive fields and on the blind spot; null in others. */
function contextsIn(numbers: unknown): Context[] | null {
  const fields = receptiveFields.safeParse(numbers);
  if (fields.success) return fields.data.rows;
  const spots = blindSpots.safeParse(numbers);
  if (!spots.success) return null;
  return spots.data.contexts.map(({ stack, depth, reads, misses }) => ({
    name: `${stack}, ${depth} ${depth === 1 ? 'layer' : 'layers'},`,
    inputs: reads,
    ideal: reads + misses,
  }));
}
