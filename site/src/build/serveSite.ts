import { basename, dirname } from 'node:path';
import { type PreviewServer, preview } from 'vite';
import { SiteError } from './siteError.js';

export interface ServedSite {
  address: string;
  close(): Promise<void>;
}

/**
 * Serves a built site on this machine. `port` 0 takes a free one.
 * @throws SiteError where it cannot have the port
 */
export async function serveSite(folder: string, port: number): Promise<ServedSite> {
  const server = await open(folder, port).catch((cause: Error) => {
    const what = /in use/.test(cause.message)
      ? `Port ${port} is taken`
      : `Cannot serve on port ${port} (${cause.message})`;
    throw new SiteError(`${what}: give --port another, or 0 for a free one.`, { cause });
  });
  const [address] = server.resolvedUrls?.local ?? [];
  if (!address) throw new Error('vite preview gave no address: is the port taken?');
  return { address, close: () => server.close() };
}

const open = (folder: string, port: number): Promise<PreviewServer> =>
  preview({
    configFile: false,
    root: dirname(folder),
    logLevel: 'warn',
    appType: 'mpa',
    build: { outDir: basename(folder) },
    preview: { port, strictPort: port !== 0, host: '127.0.0.1' },
  });
