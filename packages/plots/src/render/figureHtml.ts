import { type Figure, figureTitle } from '../figures/figure.js';
import { plotlyUrl } from './plotlyScript.js';

/**
 * A small HTML page of a figure: a static picture that needs nothing, replaced by the interactive figure once plotly.js is
 * there, from the copy at `script` (an address relative to the page) if given, else from its publisher. The figure is in
 * the page as JSON, in the element `figure`.
 * @param svg - the static picture, as `renderSvg` draws it.
 */
export function figureHtml(figure: Figure, svg: string, script?: string): string {
  const sources = [...(script === undefined ? [] : [script]), plotlyUrl()];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(figureTitle(figure))}</title>
</head>
<body>
<div id="interactive"></div>
<div id="static">${svg}</div>
<script type="application/json" id="figure">${scriptJson(figure)}</script>
<script>
const sources = ${scriptJson(sources)};
function load() {
  const source = sources.shift();
  if (source === undefined) return; // the static picture stays
  const script = document.createElement('script');
  script.src = source;
  script.onload = draw;
  script.onerror = load;
  document.head.appendChild(script);
}
async function draw() {
  const figure = JSON.parse(document.getElementById('figure').textContent);
  await Plotly.newPlot('interactive', figure.data, figure.layout, { responsive: true, displaylogo: false });
  document.getElementById('static').remove();
}
load();
</script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replace(/&(?!\w+;)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/** JSON that cannot end the script element around it. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
