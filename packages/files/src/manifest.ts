import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readFileSync } from 'node:fs';
import { readdir, readlink, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const manifestName = 'manifest.json';

interface FileRecord {
  readonly bytes: number;
  /** SHA-256 of the content; of the target for a symbolic link. */
  readonly sha256: string;
}

/** What is written into a folder of the cache when it is complete; a folder without it is not trusted. */
export interface Manifest {
  readonly format: 1;
  /** What the folder holds, for its reader: versions, sources. */
  readonly about: Readonly<Record<string, string | boolean>>;
  readonly files: Readonly<Record<string, FileRecord>>;
}

/** Lists every file of the folder with size and SHA-256 in the folder's manifest. */
export async function writeManifest(folder: string, about: Manifest['about']): Promise<void> {
  const files: Record<string, FileRecord> = {};
  for (const name of await filesOf(folder)) files[name] = await record(join(folder, name));
  const manifest: Manifest = { format: 1, about, files };
  await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * The manifest of a complete folder, or `undefined` when the folder, its manifest or one of its files is missing or
 * has another size. Cheap enough for every start; {@link contentMatches} reads the files as well.
 */
export function readManifest(folder: string): Manifest | undefined {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, manifestName), 'utf8')) as Manifest;
  } catch {
    return undefined; // absent or torn: the caller installs anew
  }
  if (manifest?.format !== 1 || typeof manifest.files !== 'object') return undefined;
  const complete = Object.entries(manifest.files).every(
    ([name, { bytes }]) => lstatSync(join(folder, name), { throwIfNoEntry: false })?.size === bytes,
  );
  return complete ? manifest : undefined;
}

/** Whether every file of the folder still has the content that its manifest lists. */
export async function contentMatches(folder: string, manifest: Manifest): Promise<boolean> {
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    if ((await record(join(folder, name))).sha256 !== sha256) return false;
  }
  return true;
}

/** SHA-256 of a file's content, in lower-case hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function record(path: string): Promise<FileRecord> {
  const status = lstatSync(path);
  const sha256 = status.isSymbolicLink()
    ? createHash('sha256')
        .update(await readlink(path))
        .digest('hex')
    : await sha256OfFile(path);
  return { bytes: status.size, sha256 };
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name !== manifestName)
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
