import type { ResultRow } from '@pixelrnn/metrics';
import { formatSeconds } from '@pixelrnn/training';
import { z } from 'zod';
import type { SiteFigure } from '../figures.js';
import {
  inMetric,
  paperText,
  type RunPicture,
  type SiteExperiment,
  type SitePicture,
  type SiteRun,
} from '../readResults.js';
import { type Html, html } from './html.js';
import { count, runAnchor, runsHtml, units } from './runsHtml.js';

/** A section for an experiment: its table as text, its figures, its runs. */
export function experimentHtml(
  experiment: SiteExperiment,
  figures: readonly { figure: SiteFigure; script: string }[],
): Html {
  const { id, title, split, runs, rows, note, missing, gaps, pictures, committed } = experiment;
  const drawn = (name: string) => committed.find(({ file }) => file === name);
  const own = figures.filter(({ figure }) => figure.id.startsWith(`${id}-`));
  const [table] = own.filter(({ figure }) => figure.id === `${id}-table`);
  const curves = own.filter((one) => one !== table);
  const shown = rows.filter((row) => row.paper !== null || row[split] !== null);
  return html`
<section class="experiment" id="${id}" aria-labelledby="${id}-title">
  <h3 id="${id}-title">${title}</h3>
  ${shown.length > 0 ? tableHtml(experiment, shown) : null}
  ${rows.some(({ paperRecalled }) => paperRecalled) ? html`<p class="note">(?) marks a number of the paper that was recalled, not read again.</p>` : null}
  ${departuresNote(experiment, shown)}
  ${note ? html`<p class="note">${note}</p>` : null}
  ${gaps ? html`<p class="note">${gaps}</p>` : null}
  ${missing.length > 0 ? html`<p class="note">Not trained yet: ${missing.join('; ')}.</p>` : null}
  ${table ? figureHtml(experiment, [table], 'Paper beside ours', drawn('plot.png')) : null}
  ${curves.length > 0 ? html`<div id="${id}-curves">${figureHtml(experiment, curves, 'Training curves', drawn('curve.png'))}</div>` : null}
  ${pictures.map((picture) => pictureHtml(experiment, picture))}
  ${runs.length > 0 ? runsHtml(experiment) : null}
</section>`;
}

function tableHtml(experiment: SiteExperiment, shown: readonly ResultRow[]): Html {
  const { title, metric, quantity, rows, runs } = experiment;
  return html`
  <p>${quantity} in ${units[metric]}; lower is better.
  ± is the standard error over images${rows.some(({ sd }) => sd !== null) ? ', in the figure the standard deviation over seeds where there are several' : ''}.</p>
  <div class="scroll" tabindex="0" role="region" aria-label="${title}: table">
  <table class="numbers">
    <caption class="unseen">${title}: the paper's numbers and ours</caption>
    <thead><tr><th scope="col">Model${runs.some((run) => ownDepartures(experiment, run).length > 0) ? html`<small>and its departures from the paper</small>` : null}</th><th scope="col" class="number">Paper</th><th scope="col" class="number">Ours</th>
      <th scope="col" class="number">Parameters</th><th scope="col" class="number">Steps</th><th scope="col" class="number">Wall time</th><th scope="col">Run</th></tr></thead>
    <tbody>${shown.flatMap((row) => tableRows(experiment, row))}</tbody>
  </table>
  </div>`;
}

/** What all runs of an experiment have in common of their departures: it is said once. */
const commonDepartures = ({ runs }: SiteExperiment): string[] =>
  (runs[0]?.departures ?? []).filter((one) => runs.every(({ departures }) => departures.includes(one)));

function ownDepartures(experiment: SiteExperiment, { departures }: SiteRun): string[] {
  const common = commonDepartures(experiment);
  return departures.filter((one) => !common.includes(one));
}

/** What holds for all of ours, and which rows are not ours. */
function departuresNote(experiment: SiteExperiment, shown: readonly ResultRow[]): Html | null {
  const { runs } = experiment;
  const common = commonDepartures(experiment);
  const whose = runs.length === 1 ? 'our run' : 'all our runs';
  const quoted = shown.some(({ name }) => !runs.some(({ row }) => row === name));
  const sentences = [
    ...(common.length > 0 ? [`Departures of ${whose}: ${common.join('; ')}.`] : []),
    ...(quoted ? ['Grey rows are numbers of the paper alone: most are quoted there from others.'] : []),
  ];
  return sentences.length === 0 ? null : html`<p class="note">${sentences.join(' ')}</p>`;
}

function tableRows(experiment: SiteExperiment, row: ResultRow): Html[] {
  const runs = experiment.runs.filter((run) => run.row === row.name);
  if (runs.length === 0) {
    return [
      html`<tr class="quoted"><th scope="row">${row.label}</th><td>${paperText(row) || '–'}</td><td>–</td><td></td><td></td><td></td><td></td></tr>`,
    ];
  }
  return runs.map((run, i) => {
    const name = experiment.labels.get(row.name) ?? row.label;
    const label = runs.length > 1 ? `${name}, seed ${run.seed}` : name;
    const departures = ownDepartures(experiment, run).join('; ');
    const error = run.standardError
      ? html` <span class="error">± ${inMetric(experiment, run.standardError)}</span>`
      : null;
    return html`<tr><th scope="row">${label}${departures === '' ? null : html`<small>${departures}</small>`}</th><td>${i === 0 ? paperText(row) || '–' : ''}</td>
      <td class="ours"><a href="#${runAnchor(run)}">${inMetric(experiment, run.value)}</a>${error}</td>
      <td>${count(run.parameters)}</td><td>${run.origin === 'trained' ? count(run.steps) : run.origin}</td>
      <td>${formatSeconds(run.seconds)}</td><td class="links">${runLinks(experiment, run)}</td></tr>`;
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

/** A place for figures that the page draws; without programs it shows a committed picture of the first. */
function figureHtml(
  { id, title }: SiteExperiment,
  figures: readonly { figure: SiteFigure; script: string }[],
  name: string,
  picture: RunPicture | undefined,
): Html {
  const label = `${title}: ${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const [first] = figures;
  if (!first) throw new Error('a place for figures needs one');
  const buttons =
    figures.length > 1
      ? html`<div class="switch" role="group" aria-label="${name}: horizontal axis">${figures.map(
          ({ figure }, i) =>
            html`<button type="button" data-show="${figure.id}" aria-pressed="${i === 0 ? 'true' : 'false'}">${figure.id.endsWith('-hours') ? 'by hour' : 'by step'}</button>`,
        )}</div>`
      : null;
  return html`
  <div class="plot">
    ${buttons}
    ${picture ? html`<noscript><img src="runs/${id}/${picture.file}" width="${picture.size.width}" height="${picture.size.height}" alt="${name}; the table says the same" loading="lazy"></noscript>` : null}
    <div class="scroll" tabindex="0" role="region" aria-label="${label}, figure">
    ${figures.map(
      ({ figure, script }, i) => html`
      <div class="figure" role="figure" aria-label="${name}" data-figure="${figure.id}" data-script="${script}" style="min-height:${Number(figure.figure.layout.height)}px"${i > 0 ? html` hidden` : null}>${i > 0 ? null : html`<p class="waiting">The figure is drawn when it comes into view; the table says the same.</p>`}</div>`,
    )}
    </div>
  </div>`;
}

function pictureHtml({ id, title }: SiteExperiment, { file, size, beside, numbers }: SitePicture): Html {
  const name = file.replace(/\.png$/, '').replaceAll('-', ' ');
  const contexts = contextsIn(numbers);
  const told = contexts
    ? `What one pixel's prediction depends on: ${contexts.all.map((one) => `${one.label}: ${one.inputs}`).join('; ')}; of ${contexts.all[0]?.ideal} earlier pixels. In the picture ${contexts.key}.`
    : name;
  return html`
  <figure class="wide-picture"><img src="runs/${id}/${file}" width="${size.width}" height="${size.height}" alt="${name} of ${title}" loading="lazy" decoding="async">
  <figcaption>${told} <span class="links">${beside.map((one) => html`<a href="runs/${id}/${one}">${one}</a> `)}</span></figcaption></figure>`;
}

/** How much of what is earlier a prediction reads. */
interface Context {
  label: string;
  inputs: number;
  ideal: number;
}

const receptiveFields = z.object({
  key: z.string(),
  rows: z.array(z.object({ label: z.string(), inputs: z.int(), ideal: z.int() })),
});
const blindSpots = z.object({
  key: z.string(),
  contexts: z.array(z.object({ label: z.string(), depth: z.int(), reads: z.int(), misses: z.int() })),
});

/** The contexts in the numbers of a picture, of the experiments on receptive fields and on the blind spot; null in others. */
function contextsIn(numbers: unknown): { key: string; all: Context[] } | null {
  const fields = receptiveFields.safeParse(numbers);
  if (fields.success) return { key: fields.data.key, all: fields.data.rows };
  const spots = blindSpots.safeParse(numbers);
  if (!spots.success) return null;
  const all = spots.data.contexts.map(({ label, depth, reads, misses }) => ({
    label: `${label}, ${depth} ${depth === 1 ? 'layer' : 'layers'}`,
    inputs: reads,
    ideal: reads + misses,
  }));
  return { key: spots.data.key, all };
}
