import { createHash } from 'node:crypto';
import { mkdir, type open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { folderEntries } from '../archives/folderEntries.js';
import { type ArchiveEntry, tarEntries } from '../archives/tarEntries.js';
import { DataError } from '../dataError.js';
import { claimPart } from '../fetch/partFile.js';
import { readWhole } from '../fetch/readWhole.js';
import { FolderHash, sourceChecksums } from '../fetch/sourceChecksums.js';
import { readError } from '../fetch/verifiedFile.js';
import { packNpzImages } from '../formats/npzImages.js';
import { decodePhoto, isPhotoName, MAX_PHOTO_BYTES } from '../formats/photo.js';
import type { ImageNetSize } from '../imageNet/imageNetFiles.js';
import type { ImageSource } from '../imageNet/imageNetSource.js';
import { onDisk } from '../onDisk.js';
import type { OnProgress } from '../progress.js';
import { PackedWriter } from './packedFile.js';
import { PackedStore } from './packedStore.js';

export interface PackOptions {
  source: ImageSource;
  size: ImageNetSize;
  /** The packed file. */
  path: string;
  onProgress?: OnProgress | undefined;
  /** Opens the part file; `open` of node:fs/promises when absent. */
  openFile?: typeof open;
}

/**
 * The packed file of a source: the one that is there if it was packed from the same files, else a new one, which gets
 * its name only when it is whole.
 * @throws DataError that names file and entry of an image that cannot be used; `unwritable` where the disk is full
 */
export async function openOrPack(options: PackOptions): Promise<PackedStore> {
  const there = openIfSame(options);
  if (there) return there;
  const { path } = options;
  const folder = dirname(path);
  const target = { name: basename(path), folder, role: 'cache' as const };
  const part = await onDisk(target, async () => {
    await mkdir(folder, { recursive: true });
    return claimPart(folder, basename(path));
  });
  try {
    await onDisk(target, () => pack(options, part.path));
    await onDisk(target, () => rename(part.path, path));
  } catch (error) {
    await rm(part.path, { force: true });
    throw error;
  }
  return PackedStore.open(path);
}

function openIfSame({ path, source }: PackOptions): PackedStore | undefined {
  try {
    const store = PackedStore.open(path);
    return store.footer.source === source.identity ? store : undefined;
  } catch (error) {
    // Damaged or of another version: it is packed anew. What cannot be read is an error.
    if (error instanceof DataError && error.code !== 'unreadable') return undefined;
    throw error;
  }
}

async function pack({ source, size, onProgress, openFile }: PackOptions, part: string): Promise<void> {
  const writer = await PackedWriter.create(part, { height: size, width: size, channels: 3 }, openFile);
  const report = (bytes: number) =>
    onProgress?.({ stage: 'pack', file: basename(source.paths[0]!), bytes, total: source.bytes });
  try {
    const checksums = await packers[source.kind]({ source, size, writer, report });
    if (writer.count === 0) {
      throw new DataError(
        'format',
        `${source.paths[0]} should hold PNG or JPEG images, but there is none in it: put the published file there.`,
      );
    }
    await writer.finish({ checksums, source: source.identity });
  } finally {
    await writer.close();
  }
}

interface Packing {
  source: ImageSource;
  size: ImageNetSize;
  writer: PackedWriter;
  report: (bytes: number) => void;
}

/** Each reads the source once and gives its checksums. */
const packers: Record<ImageSource['kind'], (packing: Packing) => Promise<Record<string, string>>> = {
  async tar(packing) {
    const path = packing.source.paths[0]!;
    const remedy = 'fetch the archive again, or remove or convert that entry';
    const hash = createHash('sha256');
    let bytes = 0;
    const onChunk = (chunk: Uint8Array) => {
      hash.update(chunk);
      bytes += chunk.length;
      packing.report(bytes);
    };
    await packPhotos(tarEntries({ path, remedy, onChunk }), { ...packing, archive: path, remedy });
    return { [basename(path)]: hash.digest('hex') };
  },

  async folder(packing) {
    const path = packing.source.paths[0]!;
    const remedy = 'remove or convert that file';
    const hash = new FolderHash();
    const onEntry = (name: string, content: Uint8Array) => packing.report(hash.add(name, content));
    await packPhotos(folderEntries(path, packing.source.files!), {
      ...packing,
      archive: path,
      remedy,
      onEntry,
    });
    return { [basename(path)]: hash.digest() };
  },

  async npz({ source, size, writer, report }) {
    for (const path of source.paths) {
      await packNpzImages(path, { size, writer, remedy: 'put the published file there', onBytes: report });
    }
    return sourceChecksums(source);
  },
};

async function packPhotos(
  entries: AsyncIterable<ArchiveEntry>,
  options: Packing & {
    archive: string;
    remedy: string;
    onEntry?: (name: string, content: Uint8Array) => void;
  },
): Promise<void> {
  const { source, size, writer, archive, remedy, onEntry } = options;
  for await (const entry of entries) {
    if (!isPhotoName(entry.name)) continue;
    const where = `${archive}, ${entry.name}`;
    const bytes = await readWhole(entry, { archive, remedy, limit: MAX_PHOTO_BYTES }).catch(
      (error: unknown) => {
        throw readError(error, where, remedy);
      },
    );
    onEntry?.(entry.name, bytes);
    writer.add(decodePhoto(bytes, entry.name, { where, size, exact: source.exact, remedy }));
    await writer.flush();
  }
}
