import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';

const require = createRequire(import.meta.url);

/** The file of plotly.js that this package draws with: the bundle with cartesian plots, 1.5 MB. */
const installed = require.resolve('plotly.js-cartesian-dist-min');

/** The source text of plotly.js. */
export function plotlySource(): Promise<string> {
  return readFile(installed, 'utf8');
}

/** The name of the pinned plotly.js, on disk and at its publisher: `plotly-cartesian-4.1.1.min.js`. */
function plotlyFileName(): string {
  const manifest = require('plotly.js-cartesian-dist-min/package.json') as { version: string };
  return basename(installed).replace('.min.js', `-${manifest.version}.min.js`);
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
  await writeFileAtomic(path, await plotlySource());
  return path;
}
