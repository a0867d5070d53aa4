import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import type { SiteManifest } from '../manifest.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The built site's folder. */
    site: string;
    manifest: SiteManifest;
  }
}

const root = new URL('../../..', import.meta.url);
const command = ['--conditions=@pixelrnn/source', '--import', 'tsx', 'site/src/build/cli.ts', '--out'];

/** Builds the site once for all files of tests, as `pnpm site` does. */
export default async function buildOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'pixelrnn-site-'));
  const { stdout } = await promisify(execFile)(process.execPath, [...command, folder], { cwd: root });
  console.log(stdout.trim());
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const [, json = ''] = /<script type="application\/json" id="manifest">(.*?)<\/script>/s.exec(page) ?? [];
  project.provide('site', folder);
  project.provide('manifest', JSON.parse(json) as SiteManifest);
  return () => rm(folder, { recursive: true, force: true });
}
