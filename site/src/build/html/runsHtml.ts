import type { PictureSize } from '../pictureSize.js';
import { inMetric, type SiteExperiment, type SiteRun } from '../readResults.js';
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
  const { metric, runs } = experiment;
  return html`
  <div class="runs">${runs.map(
    (run) => html`
  <article class="run" id="${runAnchor(run)}" aria-labelledby="${runAnchor(run)}-title">
    <h4 id="${runAnchor(run)}-title">${unbroken(run.label)}: <span class="ours">${inMetric(experiment, run.value)}</span> ${units[metric]}</h4>
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
  const { path, label, files, commit, pictureSizes } = run;
  const picture = (file: string, { width, height }: PictureSize, alt: string, caption: string) =>
    html`<figure><img src="${file}" width="${width}" height="${height}" alt="${alt}" loading="lazy" decoding="async"><figcaption>${caption}</figcaption></figure>`;
  const own = (file: string) => `runs/${path}/${file}`;
  const pictures: Html[] = [];
  if (files.includes('samples.png')) {
    pictures.push(
      picture(
        own('samples.png'),
        pictureSizes['samples.png'] as PictureSize,
        `Images drawn by ${label}`,
        'Drawn by the model',
      ),
    );
    if (run.dataset === real.dataset) {
      pictures.push(
        picture(real.picture, real.size, `Real images of ${real.dataset}`, 'Real: 64 test images'),
      );
    }
  }
  if (files.includes('completions.png')) {
    pictures.push(
      picture(
        own('completions.png'),
        pictureSizes['completions.png'] as PictureSize,
        `Test images completed by ${label}`,
        'Upper halves given, completed several times',
      ),
    );
  }
  const small = ['samples.png', 'completions.png'];
  const large = files.filter((file) => file.endsWith('.png') && !small.includes(file));
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
    <p class="links">${files.filter((file) => !file.endsWith('.png')).map((file) => html`<a href="${own(file)}">${file}</a> `)}</p>
    </div>
    ${pictures.length > 0 ? html`<div class="pictures">${pictures}</div>` : null}
    ${large.length > 0 ? html`<div class="pictures large">${large.map((file) => largePictureHtml(run, file))}</div>` : null}`;
}

/** A picture of many parts, which a click shows in its own size. */
function largePictureHtml({ path, label, pictureSizes }: SiteRun, file: string): Html {
  const { width, height } = pictureSizes[file] as PictureSize;
  const address = `runs/${path}/${file}`;
  const caption = file
    .replace(/\.png$/, '')
    .replace(/^classes-guidance-/, 'A class in each row, guidance ')
    .replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return html`<figure><a href="${address}"><img src="${address}" width="${width}" height="${height}" alt="${caption}: ${label}" loading="lazy" decoding="async"></a><figcaption>${caption}</figcaption></figure>`;
}
