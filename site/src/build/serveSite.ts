import { basename, dirname } from 'node:path';
import { preview } from 'vite';

export interface ServedSite {
  address: string;
  close(): Promise<void>;
}

/** Serves a built site on this machine. `port` 0 takes a free one. */
export async function serveSite(folder: string, port: number): Promise<ServedSite> {
  const server = await preview({
    configFile: false,
    root: dirname(folder),
    logLevel: 'warn',
    appType: 'mpa',
    build: { outDir: basename(folder) },
    preview: { port, strictPort: port !== 0, host: '127.0.0.1' },
  });
  const [address] = server.resolvedUrls?.local ?? [];
  if (!address) throw new Error('vite preview gave no address: is the port taken?');
  return { address, close: () => server.close() };
}
