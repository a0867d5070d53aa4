import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import { PlotError } from '../figures/figure.js';

const require = createRequire(import.meta.url);

/** What figures are drawn with here: all of plotly.js, 10 MB. */
const whole = 'plotly.js-dist';
/** What pages load, from the same version: its bundle with cartesian plots, 1.5 MB. */
const small = 'plotly.js-cartesian-dist-min';

/** The source text of plotly.js. */
export function plotlySource(): Promise<string> {
  return readFile(require.resolve(whole), 'utf8');
}

/** The name of the pinned bundle, on disk and at its publisher: `plotly-cartesian-4.1.1.min.js`. */
function plotlyFileName(): string {
  const [{ version }, drawn] = [small, whole].map(
    (name) => require(`${name}/package.json`) as { version: string },
  ) as [{ version: string }, { version: string }];
  if (version !== drawn.version) {
    throw new PlotError(
      `${small} should have the version of ${whole}, ${drawn.version}, but it has ${version}: pin both alike in pnpm-workspace.yaml.`,
    );
  }
  return basename(require.resolve(small)).replace('.min.js', `-${version}.min.js`);
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
  await writeFileAtomic(path, await readFile(require.resolve(small), 'utf8'));
  return path;
}
