import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';

const require = createRequire(import.meta.url);

/** What figures are drawn with here: all of plotly.js, 10 MB. */
const whole = require.resolve('plotly.js-dist');
/** What pages load, from the same version: its bundle with cartesian plots, 1.5 MB. */
const small = require.resolve('plotly.js-cartesian-dist-min');

/** The source text of plotly.js. */
export function plotlySource(): Promise<string> {
  return readFile(whole, 'utf8');
}

/** The name of the pinned bundle, on disk and at its publisher: `plotly-cartesian-4.1.1.min.js`. */
function plotlyFileName(): string {
  const { version } = require('plotly.js-cartesian-dist-min/package.json') as { version: string };
  return basename(small).replace('.min.js', `-${version}.min.js`);
}

/** Where plotly.js's publisher serves the same file. */
export function plotlyUrl(): string {
  return `https://cdn.plot.ly/${plotlyFileName()}`;
}

/**
 * Copies plotly.js (1.5 MB) into a folder, for HTML figures that shall be interactive offline: pass the path returned to
 * `writeFigure` as `plotlyScript`. One copy at the root of an output folder serves all figures below it.
 */
export async function writePlotlyScript(folder: string): Promise<string> {
  const path = join(folder, plotlyFileName());
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(path, await readFile(small, 'utf8'));
  return path;
}
