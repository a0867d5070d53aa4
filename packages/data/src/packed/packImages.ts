import { createHash } from 'node:crypto';
import { mkdir, type open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import { folderEntries } from '../archives/folderEntries.js';
import { tarEntries } from '../archives/tarEntries.js';
import { DataError } from '../dataError.js';
import { claimPart } from '../fetch/partFile.js';
import { FolderHash, sourceChecksums } from '../fetch/sourceChecksums.js';
import { readFormats } from '../formats/imageKind.js';
import { packNpzImages } from '../formats/npzImages.js';
import { onDisk } from '../onDisk.js';
import type { OnNote, OnProgress } from '../progress.js';
import { type BadImage, badImagesList } from './badImages.js';
import type { ImageSource } from './imageSource.js';
import { PackedWriter } from './packedFile.js';
import { PackedStore } from './packedStore.js';
import { notesOf } from './packNotes.js';
import { type PackedPhotos, packPhotos } from './packPhotos.js';

export interface PackOptions {
  source: ImageSource;
  /** Height and width of the packed images. */
  size: number;
  /** 3, or 1 for grey images; 3 when absent. */
  channels?: 1 | 3 | undefined;
  /** The packed file. */
  path: string;
  /** Whether images that cannot be used are left out, with a list of them beside the packed file; false when absent. */
  skipBad?: boolean | undefined;
  onProgress?: OnProgress | undefined;
  /** Takes sentences about what was converted or left out, when images are packed; `console.warn` when absent. */
  onNote?: OnNote | undefined;
  /** Opens the part file; `open` of node:fs/promises when absent. */
  openFile?: typeof open | undefined;
}

/** One packed file for each source, size and number of channels, so that sources of the same name do not displace each other. */
export function packedPath(
  cacheDir: string,
  { paths, exact }: ImageSource,
  size: number,
  channels: 1 | 3,
): string {
  const path = paths[0]!;
  const key = createHash('sha256').update(`${path}\0${exact}`).digest('hex').slice(0, 12);
  const form = `${size}x${size}${channels === 1 ? '-grey' : ''}`;
  return join(cacheDir, `${basename(path)}-${form}-${key}.packed`);
}

/** What to do about an image that cannot be used. */
export const imageRemedies: Record<ImageSource['kind'], string> = {
  tar: 'fetch the archive again, or remove or convert that entry',
  folder: 'remove or convert that file',
  npz: 'put the published file there',
};

/**
 * The packed file of a source: the one that is there if it was packed from the same files, else a new one, which gets
 * its name only when it is whole. Where images cannot be used and are not to be left out, there is none; they come instead.
 * @throws DataError that names the file; `unwritable` where the disk is full
 */
export async function openOrPack(options: PackOptions): Promise<PackedStore | BadImage[]> {
  const there = openIfSame(options);
  if (there) return there;
  const { path, skipBad = false } = options;
  const folder = dirname(path);
  const target = { name: basename(path), folder, role: 'cache' as const };
  const part = await onDisk(target, async () => {
    await mkdir(folder, { recursive: true });
    return claimPart(folder, basename(path));
  });
  try {
    const bad = await onDisk(target, () => pack(options, part.path));
    if (bad.length > 0 && !skipBad) {
      await rm(part.path, { force: true });
      return bad;
    }
    await onDisk(target, async () => {
      await listLeftOut(path, bad);
      await rename(part.path, path);
    });
  } catch (error) {
    await rm(part.path, { force: true });
    throw error;
  }
  return PackedStore.open(path);
}

/** Where the images that a packed file lacks are listed. */
const leftOutPath = (packed: string): string => packed.replace(/\.packed$/, '.left-out.txt');

async function listLeftOut(packed: string, bad: readonly BadImage[]): Promise<void> {
  const path = leftOutPath(packed);
  if (bad.length === 0) return rm(path, { force: true });
  // The system's error, of which `onDisk` makes the sentence.
  await writeFileAtomic(path, badImagesList(bad)).catch((error: Error) => {
    throw error.cause ?? error;
  });
}

function openIfSame({ path, source, skipBad = false }: PackOptions): PackedStore | undefined {
  try {
    const store = PackedStore.open(path);
    const same = store.footer.source === source.identity && (skipBad || store.footer.leftOut === 0);
    return same ? store : undefined;
  } catch (error) {
    // Damaged or of another version: it is packed anew. What cannot be read is an error.
    if (error instanceof DataError && error.code !== 'unreadable') return undefined;
    throw error;
  }
}

/** @returns The images that cannot be used; where there are any that are not to be left out, the part file is not whole. */
async function pack(options: PackOptions, part: string): Promise<BadImage[]> {
  let replaced: ReadonlySet<number> = new Set();
  let repeated: string[] = [];
  for (;;) {
    const photos = await packOnce(options, part, replaced, repeated);
    if (photos.replaced.size === 0) return photos.bad;
    // Which entries are replaced by a later one is known only at the end; then all is packed again without them.
    ({ replaced, repeated } = photos);
  }
}

async function packOnce(
  options: PackOptions,
  part: string,
  replaced: ReadonlySet<number>,
  repeated: string[],
): Promise<PackedPhotos> {
  const { source, size, channels = 3, skipBad = false, openFile, onNote = console.warn } = options;
  const writer = await PackedWriter.create(part, { height: size, width: size, channels }, openFile);
  try {
    const { checksums, photos } = await packers[source.kind]({ options, writer, replaced });
    if (photos.replaced.size > 0 || (photos.bad.length > 0 && !skipBad)) return photos;
    if (writer.count === 0) throw nothingIn(source, photos);
    await writer.finish({ checksums, source: source.identity, leftOut: photos.bad.length });
    const leftOut = leftOutPath(options.path);
    for (const note of notesOf({ source, photos, repeated, leftOut, images: writer.count })) onNote(note);
    return photos;
  } finally {
    await writer.close();
  }
}

function nothingIn({ paths }: ImageSource, { bad, others }: PackedPhotos): DataError {
  const came =
    bad.length > 0
      ? `all ${bad.length} that it holds cannot be used`
      : `there is none in it${others.length > 0 ? `, but ${others[0]}${others.length > 1 ? ` and ${others.length - 1} more` : ''}` : ''}`;
  return new DataError(
    'format',
    `${paths[0]} should hold images (${readFormats}), but ${came}: put images there.`,
  );
}

interface Packing {
  options: PackOptions;
  writer: PackedWriter;
  replaced: ReadonlySet<number>;
}

interface Packed {
  checksums: Record<string, string>;
  photos: PackedPhotos;
}

/** Each reads the source once. */
const packers: Record<ImageSource['kind'], (packing: Packing) => Promise<Packed>> = {
  async tar(packing) {
    const path = packing.options.source.paths[0]!;
    const hash = createHash('sha256');
    let bytes = 0;
    const onChunk = (chunk: Uint8Array) => {
      hash.update(chunk);
      bytes += chunk.length;
      report(packing, bytes);
    };
    const photos = await packPhotos(
      tarEntries({ path, remedy: imageRemedies.tar, onChunk }),
      photoOptions(packing),
    );
    return { checksums: { [basename(path)]: hash.digest('hex') }, photos };
  },

  async folder(packing) {
    const { paths, files } = packing.options.source;
    const path = paths[0]!;
    const hash = new FolderHash();
    const photos = await packPhotos(folderEntries(path, files!), {
      ...photoOptions(packing),
      onEntry: ({ name, bytes }, content) =>
        report(packing, content ? hash.add(name, content) : hash.addUnread(name, bytes)),
    });
    return { checksums: { [basename(path)]: hash.digest() }, photos };
  },

  async npz(packing) {
    const { source, size } = packing.options;
    const remedy = imageRemedies.npz;
    const onBytes = (bytes: number) => report(packing, bytes);
    for (const path of source.paths) {
      await packNpzImages(path, { size, writer: packing.writer, remedy, onBytes });
    }
    const photos = { bad: [], conversions: new Map(), others: [], replaced: new Set<number>(), repeated: [] };
    return { checksums: await sourceChecksums(source), photos };
  },
};

function report({ options: { source, onProgress } }: Packing, bytes: number): void {
  onProgress?.({ stage: 'pack', file: basename(source.paths[0]!), bytes, total: source.bytes });
}

function photoOptions({ options, writer, replaced }: Packing) {
  const { source, size, channels = 3, skipBad = false } = options;
  const remedy = imageRemedies[source.kind];
  return {
    writer,
    replaced,
    size,
    channels,
    skipBad,
    remedy,
    archive: source.paths[0]!,
    exact: source.exact,
  };
}
