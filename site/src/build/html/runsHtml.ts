import type { PictureSize } from '../pictureSize.js';
import { inMetric, type RunPicture, type SiteExperiment, type SiteRun } from '../readResults.js';
import { type Html, html } from './html.js';

export const units = { nats: 'nats per image', 'bits/dim': 'bits per dimension' } as const;
export const count = (value: number): string => value.toLocaleString('en-US');
/** `h = 16` stays on one line. */
const unbroken = (label: string): string => label.replaceAll(' = ', '\u00a0=\u00a0');

export const runAnchor = ({ path }: SiteRun): string => `run-${path.replaceAll('/', '-')}`;

/** A grid of real images of a dataset, where there is one. */
export interface RealDigits {
  dataset: string;
  picture: string;
  size: PictureSize;
}

/** The runs of an experiment with their numbers, which those of its table lead to; their details come after the first paint. */
export function runsHtml(experiment: SiteExperiment): Html {
  const { metric, runs, ownQuantity } = experiment;
  const of = ownQuantity === null ? '' : `, ${ownQuantity.replace(/^Negative log-likelihood /, '')}`;
  return html`
  <div class="runs">${runs.map(
    (run) => html`
  <article class="run" id="${runAnchor(run)}">
    <h4>${unbroken(run.label)}: <span class="ours">${inMetric(experiment, run.value)}</span> ${units[metric]}${of}</h4>
  </article>`,
  )}</div>`;
}

/** The details of all runs, by anchor: markup that the page puts below the number of each. */
export const runDetails = (
  experiments: readonly SiteExperiment[],
  real: RealDigits,
): Record<string, string> =>
  Object.fromEntries(
    experiments.flatMap(({ runs }) => runs.map((run) => [runAnchor(run), detailsHtml(run, real).text])),
  );

function detailsHtml(run: SiteRun, real: RealDigits): Html {
  const { path, label, files, pictures, commit } = run;
  const own = (file: string) => `runs/${path}/${file}`;
  const small = pictures.flatMap(({ file, size }) => {
    if (file === 'samples.png') {
      const drawn = smallPictureHtml(own(file), size, `Images drawn by ${label}`, 'Drawn by the model');
      if (run.dataset !== real.dataset) return [drawn];
      const alt = `Real images of ${real.dataset}`;
      return [drawn, smallPictureHtml(real.picture, real.size, alt, 'Real: 64 test images')];
    }
    if (file !== 'completions.png') return [];
    const alt = `Test images completed by ${label}`;
    return [smallPictureHtml(own(file), size, alt, 'Upper halves given, completed several times')];
  });
  const large = pictures.filter(({ file }) => !['samples.png', 'completions.png'].includes(file));
  const facts: [string, string][] = [
    ['sizes', run.sizes],
    ['data', run.dataset],
    ['images seen', run.origin === 'trained' ? count(run.images) : ''],
    ['machine', `${run.threads} thread${run.threads === 1 ? '' : 's'} of ${run.cpu}, engine ${run.engine}`],
    ['commit', commit?.slice(0, 12) ?? ''],
    ['departures', run.departures.join('; ')],
  ];
  return html`
    <div class="facts">
    <dl>${facts.filter(([, value]) => value !== '').map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    <p class="links">${files.map((file) => html`<a href="${own(file)}">${file}</a> `)}</p>
    </div>
    ${small.length > 0 ? html`<div class="pictures">${small}</div>` : null}
    ${large.length > 0 ? html`<div class="pictures large">${large.map((picture) => largePictureHtml(run, picture))}</div>` : null}`;
}

const imageHtml = (address: string, { width, height }: PictureSize, alt: string): Html =>
  html`<img src="${address}" width="${width}" height="${height}" alt="${alt}" loading="lazy" decoding="async">`;

const smallPictureHtml = (address: string, size: PictureSize, alt: string, caption: string): Html =>
  html`<figure>${imageHtml(address, size, alt)}<figcaption>${caption}</figcaption></figure>`;

/** A picture of many parts, which a click shows in its own size. */
function largePictureHtml({ path, label }: SiteRun, { file, size }: RunPicture): Html {
  const address = `runs/${path}/${file}`;
  const caption = file
    .replace(/\.png$/, '')
    .replace(/^classes-guidance-/, 'A class in each row, guidance ')
    .replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return html`<figure><a href="${address}">${imageHtml(address, size, `${caption}: ${label}`)}</a><figcaption>${caption}</figcaption></figure>`;
}
