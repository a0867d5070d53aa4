import { createHash } from 'node:crypto';
import crc32 from 'crc-32';
import type { SiteFile } from '../manifest.js';

/** A file of the site: its path from the page, and its content. */
export interface OutFile {
  path: string;
  content: string | Uint8Array;
}

/** A part of a file's name that changes with its content, so that no cache can confuse two builds. */
export const contentHash = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 8);

/** A path whose name tells its content. */
export function hashed(
  folder: string,
  name: string,
  extension: string,
  content: string | Uint8Array,
): OutFile {
  return { path: `${folder}/${name.replaceAll('/', '-')}-${contentHash(content)}.${extension}`, content };
}

/**
 * Content as a script that hands it to the page: a page opened from disk may load scripts, and may not `fetch`.
 *
 * @param content JSON
 */
export function dataScript(folder: string, name: string, content: unknown): OutFile {
  const text = `pixelrnnFile(${JSON.stringify(name)},${JSON.stringify(content)});\n`;
  return hashed(folder, name, 'js', text);
}

/** Bytes as such a script, and what the manifest says of them. */
export function bytesScript(
  folder: string,
  name: string,
  bytes: Uint8Array,
): { out: OutFile; file: SiteFile } {
  const out = dataScript(folder, name, Buffer.from(bytes).toString('base64'));
  return { out, file: { script: out.path, name, crc32: crc32.buf(bytes) >>> 0 } };
}
