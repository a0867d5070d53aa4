import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EngineError } from '@pixelrnn/engine';
import { resultsFolder } from '@pixelrnn/experiments';
import { FileError, userPath } from '@pixelrnn/files';
import { TrainingError } from '@pixelrnn/training';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { buildSite } from './buildSite.js';
import { serveSite } from './serveSite.js';
import { SiteError } from './siteError.js';
import { openFolder, writeSite } from './writeSite.js';

interface Flags {
  out: string;
  results: string;
  serve?: boolean;
  port: number;
}

const path = (text: string) => userPath(text, 'site');
const kilobytes = (bytes: number) => `${Math.round(bytes / 1000).toLocaleString('en-US')} kB`;

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value < 65536) return value;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

const command = () =>
  new Command('pnpm site')
    .description('Builds the results as a page, with the trained models running in it.')
    .option('--out <dir>', 'folder of the site', path, fileURLToPath(new URL('../../dist', import.meta.url)))
    .option('--results <dir>', 'committed results', path, resultsFolder)
    .option('--serve', 'serve it on this machine until Ctrl-C')
    .option('--port <number>', 'port to serve on; 0: a free one', port, 4173)
    .exitOverride()
    .action(async ({ out, results, serve, port }: Flags) => {
      await openFolder(out); // what cannot be written is said before the site is built
      const { files, manifest, left } = await buildSite(results);
      await writeSite(files, out);
      const bytes = files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
      for (const why of left) console.error(`pnpm site: left out ${why}`);
      console.log(
        `${out}: ${files.length} files, ${kilobytes(bytes)}, ${manifest.models.length} models; open ${pathToFileURL(join(out, 'index.html'))}`,
      );
      if (serve) console.log(`Serving on ${(await serveSite(out, port)).address}`);
    });

const sentences = [SiteError, EngineError, FileError, TrainingError];

/**
 * `pnpm site`: a sentence on stderr where it fails.
 *
 * @returns exit code: 2 for wrong usage, 1 for anything else that failed
 */
export async function runSite(args: readonly string[]): Promise<number> {
  try {
    await command().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!sentences.some((kind) => error instanceof kind)) throw error;
    console.error(`pnpm site: ${(error as Error).message}`);
    return error instanceof EngineError && error.usage ? 2 : 1;
  }
}
