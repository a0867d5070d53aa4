import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { dataScript, hashed, type OutFile } from './dataScripts.js';

const source = fileURLToPath(new URL('../', import.meta.url));
const conditions = ['@pixelrnn/source', 'module', 'browser', 'production'];

/** The page's program and style sheet, and the worker's program. */
export async function bundle(): Promise<{ program: OutFile; style: OutFile; worker: OutFile }> {
  const [page, worker] = [await bundled('page/main.ts'), await bundled('worker/worker.ts')];
  if (page.style === null)
    throw new Error('The bundle of the page should have a style sheet, and it has none.');
  return {
    program: hashed('assets', 'site', 'js', page.code),
    style: hashed('assets', 'site', 'css', page.style),
    worker: dataScript('assets', 'worker', worker.code),
  };
}

/** A program as one classic script: a page opened from disk may load no modules. */
async function bundled(entry: string): Promise<{ code: string; style: string | Uint8Array | null }> {
  const result = await build({
    configFile: false,
    root: source,
    logLevel: 'warn',
    resolve: { conditions },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      lib: { entry, formats: ['iife'], name: 'pixelrnnSite', fileName: () => 'site.js', cssFileName: 'site' },
    },
  });
  const [{ output }] = result as [Rolldown.RolldownOutput];
  const [chunk, ...more] = output;
  const [style] = more;
  if (more.length > 1 || (style && style.type !== 'asset')) {
    const names = output.map(({ fileName }) => fileName).join(', ');
    throw new Error(`The bundle of ${entry} should be one program and at most a style sheet, got ${names}.`);
  }
  return { code: chunk.code, style: style?.source ?? null };
}
