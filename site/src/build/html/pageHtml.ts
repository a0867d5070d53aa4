import type { SiteManifest } from '../../manifest.js';
import type { SiteFigure } from '../figures.js';
import { inMetric, type SiteExperiment } from '../readResults.js';
import { drawHtml, finishHtml, lookHtml, masksHtml, weighHtml } from './aliveHtml.js';
import { type Html, html, Html as Markup } from './html.js';
import { experimentHtml } from './resultsHtml.js';
import { runAnchor } from './runsHtml.js';

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
  <noscript><p class="note">The models, the figures and the details of runs need JavaScript; all numbers are in the tables below, with each run's settings.</p></noscript>
  ${models.length > 0 ? [drawHtml(models), finishHtml(models), lookHtml(models), weighHtml(models)] : null}
  ${masksHtml()}
  <section id="results" aria-labelledby="results-title">
    <h2 id="results-title">Results</h2>
    <p>Everything here is generated from the runs committed with the code. Each number leads to its run: the settings, the machine and
    the curve. The paper's numbers and ours never share a column. Models of colour images are small and saw each training image once or
    twice: they show how the variants compare, and the README says how to read them.</p>
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
`.text;
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
