import type { SiteManifest } from '../../manifest.js';
import type { SiteFigure } from '../figures.js';
import { inMetric, type SiteExperiment } from '../readResults.js';
import { drawHtml, finishHtml, lookHtml, masksHtml, weighHtml } from './aliveHtml.js';
import { type Html, html, Html as Markup } from './html.js';
import { experimentHtml } from './resultsHtml.js';
import { count, runAnchor } from './runsHtml.js';

export interface PageParts {
  manifest: SiteManifest;
  experiments: readonly SiteExperiment[];
  figures: readonly { figure: SiteFigure; script: string }[];
  /** Paths of the style sheet and the program. */
  style: string;
  program: string;
}

// The digit 7 as the favicon: a file of its own would be one more request.
const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" rx="1" fill="#1c1d20"/><path d="M2 1h4v2H5v2H4v2H3V5h1V3h1V2H2z" fill="#6db7ee"/></svg>',
)}`;

const sections: [anchor: string, name: string][] = [
  ['draw', 'Draw'],
  ['finish', 'Finish'],
  ['look', 'Look'],
  ['weigh', 'Weigh'],
  ['masks', 'Masks'],
  ['results', 'Results'],
];

/** The whole page: every table is in it as text; programs add the details of runs, and what moves. */
export function pageHtml({ manifest, experiments, figures, style, program }: PageParts): string {
  const { models } = manifest;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="PixelRNN and PixelCNN reproduced in TypeScript: every table beside the papers', and the trained models drawing in the page.">
<title>pixelrnn: autoregressive image models, reproduced</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${style}">
<noscript><style>.alive, #theme, .figure, .switch, .top nav a:not([href="#results"]) { display: none } .run { border: 0; padding: 0; background: none }</style></noscript>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header class="top">
  <p class="name"><a href="#main">pixelrnn</a></p>
  <nav aria-label="Sections">${sections.map(([anchor, name]) => html`<a href="#${anchor}">${name}</a>`)}</nav>
  <button type="button" id="theme" class="quiet">Dark</button>
</header>
<main id="main">
  <div class="hero">
    <h1>One pixel after another</h1>
    <p class="lead">PixelRNN and PixelCNN are image models whose likelihood is exact: each pixel is predicted from those above it
    and to its left. This is their reproduction in TypeScript, table by table, and the trained models themselves, running here.</p>
    ${headline(experiments)}
  </div>
  <noscript><p class="note">The models at work, the masks, the figures by hour and the details of runs need JavaScript. All numbers are in the tables below, with the settings of each run and pictures in place of the figures.</p></noscript>
  ${models.length > 0 ? [drawHtml(models), finishHtml(models), lookHtml(models), weighHtml(models)] : null}
  ${masksHtml()}
  <section id="results" aria-labelledby="results-title">
    <h2 id="results-title">Results</h2>
    <p>Everything here is generated from the runs committed with the code. Each number leads to its run: the settings, the machine and
    the curve. The paper's numbers and ours never share a column.</p>
    ${readingHtml(experiments)}
    <nav aria-label="Tables and figures"><ul class="contents">${experiments.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
    <p class="wrong" id="details-status" role="status"></p>
    ${experiments.map((experiment) => experimentHtml(experiment, figures))}
  </section>
</main>
<footer><p>Papers: van den Oord, Kalchbrenner, Kavukcuoglu, <i>Pixel Recurrent Neural Networks</i>,
<a href="https://arxiv.org/abs/1601.06759">arXiv 1601.06759</a>; van den Oord et al., <i>Conditional Image Generation with PixelCNN Decoders</i>,
<a href="https://arxiv.org/abs/1606.05328">arXiv 1606.05328</a>. Digits: MNIST (LeCun, Cortes, Burges), binarized by Salakhutdinov and Murray. Code: MIT.</p></footer>
<script type="application/json" id="manifest">${new Markup(JSON.stringify(manifest).replaceAll('<', '\\u003c'))}</script>
<script src="${program}" defer></script>
</body>
</html>
`.text.replace(/\n\s+/g, '\n'); // the first paint waits for every byte
}

/** How the tables are to be read. */
function readingHtml(experiments: readonly SiteExperiment[]): Html {
  const seen = experiments
    .flatMap(({ metric, runs }) => (metric === 'nats' ? [] : runs))
    .filter(({ origin }) => origin === 'trained')
    .map(({ images }) => images);
  const [least, most] = [count(Math.min(...seen)), count(Math.max(...seen))];
  return html`<ul class="reading">
      <li>± is the standard error over images. A row is one seed unless it says otherwise, so that small differences between rows mean little.</li>
      <li>(?) marks what was recalled of the paper, not read again.</li>
      <li>Departures are where a run differs from what the paper did, as far as it says: “h 16, not 128”. Where it says nothing, or where the data are other ones, that stands there.</li>
      <li>Grey rows are numbers of the paper alone, most of them quoted there from others; nothing was run for them here.</li>
      ${seen.length === 0 ? null : html`<li>Models of colour images are small and saw between ${least} and ${most} images in training, repeats included: they show how the variants compare, not how far each can go.</li>`}
    </ul>`;
}

/** The trained run that comes nearest to the paper's best, in a sentence. */
function headline(experiments: readonly SiteExperiment[]): Html | null {
  const candidates = experiments.flatMap((experiment) =>
    experiment.runs.flatMap((run) => {
      const paper = experiment.rows.find(({ name }) => name === run.row)?.paper ?? null;
      return run.origin !== 'trained' || paper === null ? [] : [{ experiment, run, paper }];
    }),
  );
  const [first] = candidates;
  if (!first) return null;
  const own = candidates.filter(({ experiment }) => experiment === first.experiment);
  const best = own.reduce((least, one) => (one.run.value < least.run.value ? one : least));
  const { experiment, run, paper } = best;
  return html`<p class="headline"><a href="#${runAnchor(run)}"><b class="ours">${inMetric(experiment, run.value)}</b></a>
    <span>${experiment.metric === 'nats' ? 'nats per image' : 'bits per dimension'}, ${run.label},<br>on ${run.dataset}; the paper has ${paper.toFixed(2)}</span></p>`;
}
