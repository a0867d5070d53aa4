import { type SiteModel, sideBySide } from '../../manifest.js';
import { type Html, html } from './html.js';

/** By the experiments that trained them, as likelihoods of other data do not compare. */
const modelOptions = (models: readonly SiteModel[]): Html[] =>
  [...new Set(models.map(({ title }) => title))].map((title) => {
    const own = models.filter((model) => model.title === title);
    return html`<optgroup label="${title}">${own.map(
      ({ name, label, score }) => html`<option value="${name}">${score}: ${label}</option>`,
    )}</optgroup>`;
  });

const status = (id: string): Html => html`<p class="status" id="${id}" role="status" aria-live="polite"></p>`;

/** What keys lead to, for screen readers alone. */
const spoken = (id: string): Html => html`<p class="unseen" id="${id}-spoken" aria-live="polite"></p>`;

/** A canvas under a mark for its pixel. */
const framed = (canvas: Html): Html =>
  html`<div class="framed">${canvas}<span class="mark" aria-hidden="true"></span></div>`;

/** The model of a card, what it learned from, and the class that it is told. */
const cardHead = ({ label, classes, title, learned = '' }: SiteModel): Html => html`
          <figcaption>${label}${classes === null ? null : html` <label>class <select>${classes.map((name) => html`<option>${name}</option>`)}</select></label>`}
            <span class="learned">${title.split(':')[0] as string}: ${learned}</span></figcaption>`;

/** The seed's field and the button that takes another. */
const seedField = (id: string): Html => html`
  <label>Seed <input id="${id}-seed" type="number" min="0" max="4294967295" step="1" value="0" inputmode="numeric"></label>
  <button type="button" id="${id}-next" class="quiet">Next seed</button>`;

/** Drawing: every pixel's probability as it is drawn. */
export function drawHtml(models: readonly SiteModel[]): Html {
  return html`
<section id="draw" class="alive" aria-labelledby="draw-title">
  <h2 id="draw-title">Watch it draw</h2>
  <p>Pixels come row by row, left to right. Before each one the model says how probable ink is there, given all
  pixels so far; then the pixel is drawn at random. The same seed gives the same images.</p>
  <form class="controls" id="draw-form">
    <label class="wide">Model <select id="draw-model">${modelOptions(models)}</select></label>
    <label id="draw-class-field" hidden>Class <select id="draw-class"></select></label>
    <label>Temperature <span class="pair"><input id="draw-temperature" type="range" min="0.5" max="1.5" step="0.05" value="1">
      <output id="draw-temperature-shown" for="draw-temperature">1.00</output></span></label>
    ${seedField('draw')}
    <label>Pace <select id="draw-pace">
      <option value="row">row by row</option><option value="pixel">pixel by pixel</option><option value="fast">as fast as it goes</option>
    </select></label>
    <button type="submit" id="draw-start">Draw 16</button>
  </form>
  <p class="note" id="draw-still" hidden>Your system asks for less motion: images come as fast as they go.</p>
  ${status('draw-status')}
  <p class="readout" id="draw-readout">Point at a pixel, or focus a picture and use the arrow keys, to read its probability.</p>
  ${spoken('draw')}
  <div class="pair-of-pictures">
    <figure>
      ${framed(html`<canvas id="draw-images" class="picture" tabindex="0" role="img" aria-label="Nothing is drawn yet." width="118" height="118"></canvas>`)}
      <figcaption>What was drawn</figcaption>
    </figure>
    <figure>
      ${framed(html`<canvas id="draw-chances" class="picture" tabindex="0" role="img" aria-label="Nothing is drawn yet." width="118" height="118"></canvas>`)}
      <figcaption id="draw-chances-caption">How probable ink was, before chance decided</figcaption>
      <p class="scale" id="draw-scale"><span aria-hidden="true" class="ramp ink"></span><span class="words"></span></p>
    </figure>
  </div>
  <progress id="draw-progress" max="1" value="0" aria-label="Pixels drawn"></progress>
  <p class="command">The same images on the command line: <code id="draw-command"></code></p>
</section>`;
}

/** Completion: the reader paints the upper half. */
export function finishHtml(models: readonly SiteModel[]): Html {
  return html`
<section id="finish" class="alive" aria-labelledby="finish-title">
  <h2 id="finish-title">Begin a digit, let the models finish it</h2>
  <p>Paint in the upper half with mouse, pen or finger. Every model draws the lower half four times, each pixel given yours
  and its own so far. With the keyboard: arrow keys move, Space paints or wipes.</p>
  <div class="bench">
    <figure>
      <div class="framed"><canvas id="finish-canvas" class="picture paint" tabindex="0" role="application"
        aria-label="Upper half of a digit to paint, 28 columns and 14 rows" aria-describedby="finish-cursor" width="280" height="280"></canvas><span class="below" aria-hidden="true"></span></div>
      <figcaption id="finish-cursor">The models draw below the line.</figcaption>
      ${spoken('finish')}
    </figure>
    <div class="side">
      <form class="controls" id="finish-form">
        <label>Tool <select id="finish-tool"><option value="pen">pen</option><option value="fine">fine pen</option><option value="eraser">eraser</option></select></label>
        ${seedField('finish')}
        <button type="button" id="finish-digit" class="quiet">Take a real digit's half</button>
        <button type="button" id="finish-clear" class="quiet">Clear</button>
        <button type="submit">Finish it</button>
      </form>
      ${status('finish-status')}
      <div class="cards" id="finish-cards">${sideBySide(models).map((model) => finishCard(model))}</div>
    </div>
  </div>
</section>`;
}

const finishCard = (model: SiteModel): Html => html`
        <figure class="card" data-model="${model.name}">${cardHead(model)}
          <canvas class="picture" role="img" aria-label="Nothing is finished yet." width="118" height="28"></canvas>
        </figure>`;

/** Receptive fields and conditionals at a pixel. */
export function lookHtml(models: readonly SiteModel[]): Html {
  return html`
<section id="look" class="alive" aria-labelledby="look-title">
  <h2 id="look-title">What one pixel knows</h2>
  <p>Click a pixel of the digit, or focus it and use the arrow keys. Each model shows which pixels its prediction there can
  depend on at all, exactly, and the distribution over intensities that it predicts.</p>
  <div class="bench">
    <figure>
      <canvas id="look-canvas" class="picture pick" tabindex="0" role="application"
        aria-label="A digit of 28 rows and 28 columns: choose a pixel" aria-describedby="look-cursor" width="280" height="280"></canvas>
      <figcaption id="look-cursor" aria-live="polite"></figcaption>
      <div class="controls"><button type="button" id="look-digit" class="quiet">Another digit</button></div>
    </figure>
    <div class="side">
      ${status('look-status')}
      <ul class="legend" id="look-legend">
        <li><span class="swatch mark-colour"></span> the pixel</li>
        <li><span class="swatch field"></span> can be read, blank</li>
        <li><span class="swatch ink"></span> can be read, ink</li>
        <li><span class="swatch faint"></span> ink that cannot be read</li>
        <li><b>bold</b>: what the digit has there</li>
      </ul>
      <div class="cards" id="look-cards">${sideBySide(models).map(lookCard)}</div>
    </div>
  </div>
</section>`;
}

const lookCard = (model: SiteModel): Html => html`
        <figure class="card" data-model="${model.name}">${cardHead(model)}
          <canvas class="picture" role="img" aria-label="Receptive field: choose a pixel first." width="28" height="28"></canvas>
          <p class="count"></p>
          <table class="distribution"><caption class="unseen">Distribution over intensities, ${model.label}</caption>
            <tbody>
              <tr><th scope="row">blank</th><td><span class="bar"></span><span class="value">–</span></td></tr>
              <tr><th scope="row">ink</th><td><span class="bar"></span><span class="value">–</span></td></tr>
            </tbody></table>
        </figure>`;

/** Likelihood and compressed size of the reader's own image. */
export function weighHtml(models: readonly SiteModel[]): Html {
  return html`
<section id="weigh" class="alive" aria-labelledby="weigh-title">
  <h2 id="weigh-title">How surprising is your image?</h2>
  <p>Drop an image, or choose one: it is made 28 × 28 and black and white. Every pixel then has its surprise in bits, and their
  sum is what an entropy coder with that model needs. Under each model stands
  what it learned from: where that differs, likelihoods do not compare.</p>
  <div class="bench">
    <figure>
      <label class="drop" id="weigh-drop">
        <canvas id="weigh-canvas" class="picture" role="img" aria-label="No image yet." width="28" height="28"></canvas>
        <span>Drop an image here, or <span class="link">choose a file</span></span>
        <input id="weigh-file" class="unseen" type="file" accept="image/*" aria-label="Image to weigh">
      </label>
      <form class="controls" id="weigh-form">
        <fieldset class="controls" id="weigh-cut" disabled><legend>For an image of yours</legend>
        <label>Ink from <span class="pair"><input id="weigh-threshold" type="range" min="5" max="95" step="1" value="50">
          <output id="weigh-threshold-shown" for="weigh-threshold">50 %</output></span></label>
        <label class="check"><input type="checkbox" id="weigh-invert"> dark is ink</label></fieldset>
        <button type="button" id="weigh-digit" class="quiet">A real digit</button>
        <button type="button" id="weigh-painted" class="quiet">The one painted above</button>
      </form>
    </figure>
    <div class="side">
      ${status('weigh-status')}
      <p class="scale"><span aria-hidden="true" class="ramp"></span><span id="weigh-scale"></span></p>
      <p class="readout" id="weigh-readout">Point at a pixel of a map to read its bits.</p>
      ${spoken('weigh')}
      <div class="cards" id="weigh-cards">${sideBySide(models).map(weighCard)}</div>
    </div>
  </div>
</section>`;
}

const weighCard = (model: SiteModel): Html => html`
        <figure class="card" data-model="${model.name}">${cardHead(model)}
          ${framed(html`<canvas class="picture" tabindex="0" role="img" aria-label="Bits of each pixel: choose an image first." width="28" height="28"></canvas>`)}
          <dl><dt>likelihood</dt><dd data-nats>–</dd><dt>a pixel</dt><dd data-bits>–</dd><dt>compressed</dt><dd data-bytes>–</dd></dl>
        </figure>`;

/** Masks A and B. */
export const masksHtml = (): Html => html`
<section id="masks" class="alive" aria-labelledby="masks-title">
  <h2 id="masks-title">Masks A and B</h2>
  <p>A convolution may read only what has been drawn. Mask A, of the first layer, leaves out the pixel itself; mask B, of all
  others, lets it in. With three colours a pixel is drawn red, green, blue: what each may read of the pixel itself is the small square in the middle, and the table below it.</p>
  <form class="controls" id="masks-form">
    <label>Kernel <select id="masks-size"><option>1</option><option>3</option><option selected>5</option><option>7</option><option>9</option></select></label>
    <label>Colours <select id="masks-colors"><option>1</option><option selected>3</option></select></label>
  </form>
  <div class="pair-of-pictures">
    <figure><div id="mask-A" class="mask"></div><figcaption id="mask-A-caption"></figcaption></figure>
    <figure><div id="mask-B" class="mask"></div><figcaption id="mask-B-caption"></figcaption></figure>
  </div>
  <p class="unseen" id="masks-status" role="status" aria-live="polite"></p>
</section>`;
