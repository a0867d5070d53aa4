import type { ArchiveEntry } from '../archives/tarEntries.js';
import { DataError } from '../dataError.js';
import { readWhole } from '../fetch/readWhole.js';
import { readError } from '../fetch/verifiedFile.js';
import { imageError } from '../formats/decodedImage.js';
import { greyOf } from '../formats/grey.js';
import { isPhotoName } from '../formats/imageKind.js';
import { decodePhoto, MAX_PHOTO_BYTES, type Photo } from '../formats/photo.js';
import type { BadImage } from './badImages.js';
import type { PackedWriter } from './packedFile.js';

export interface PackPhotosOptions {
  writer: PackedWriter;
  size: number;
  /** 3, or 1 for grey images. */
  channels: 1 | 3;
  exact: boolean;
  /** The file or folder, for errors. */
  archive: string;
  remedy: string;
  /** Whether images that cannot be used are left out; else nothing is written any more after the first of them. */
  skipBad: boolean;
  /** Positions of entries that a later one of the same name replaces. */
  replaced: ReadonlySet<number>;
  /** Takes each image's bytes; undefined for one that is not read. */
  onEntry?: (entry: ArchiveEntry, content: Uint8Array | undefined) => void;
}

export interface PackedPhotos {
  bad: BadImage[];
  /** How many images each conversion was made for. */
  conversions: Map<string, number>;
  /** Entries that are no images, by name. */
  others: string[];
  /** Positions of entries that a later one of the same name replaces. Where there are any, what was written is void. */
  replaced: Set<number>;
  /** The names of those. */
  repeated: string[];
}

/** So many images are decoded at once, each by a thread of libuv's pool. */
const AT_ONCE = 4;

/**
 * Decodes the images among the entries of an archive and writes them in their order. Faults of single images are gathered,
 * so that all are known at once; those of the archive end it.
 * @throws DataError
 */
export async function packPhotos(
  entries: AsyncIterable<ArchiveEntry>,
  options: PackPhotosOptions,
): Promise<PackedPhotos> {
  const packed: PackedPhotos = {
    bad: [],
    conversions: new Map(),
    others: [],
    replaced: new Set(),
    repeated: [],
  };
  const pending: Promise<Decoded>[] = [];
  const positions = new Map<string, number>();
  let position = 0;
  for await (const entry of entries) {
    if (!isPhotoName(entry.name)) {
      packed.others.push(entry.name);
      continue;
    }
    const before = options.replaced.has(position) ? undefined : positions.get(entry.name);
    if (before !== undefined) {
      packed.replaced.add(before);
      packed.repeated.push(entry.name);
    }
    if (!options.replaced.has(position)) {
      positions.set(entry.name, position);
      pending.push(decode(await read(entry, options), options));
      if (pending.length === AT_ONCE) await finish(await pending.shift()!, options, packed);
    }
    position++;
  }
  for (const decoded of pending) await finish(await decoded, options, packed);
  return packed;
}

type Decoded = { name: string } & ({ photo: Photo } | { error: unknown });

interface Read {
  name: string;
  content?: Uint8Array;
  /** Why there is none. */
  fault?: string;
}

async function read(entry: ArchiveEntry, options: PackPhotosOptions): Promise<Read> {
  const { archive, remedy, onEntry } = options;
  const { name, bytes, problem } = entry;
  const large = bytes > MAX_PHOTO_BYTES ? `it has ${bytes} bytes, more than ${MAX_PHOTO_BYTES}` : undefined;
  const fault = problem ?? large;
  if (fault !== undefined) {
    onEntry?.(entry, undefined);
    return { name, fault };
  }
  const content = await readWhole(entry, { archive, remedy, limit: MAX_PHOTO_BYTES }).catch(
    (error: unknown) => {
      throw readError(error, `${archive}, ${name}`, remedy);
    },
  );
  onEntry?.(entry, content);
  return { name, content };
}

/** Never rejects, so that it may be waited for later. */
async function decode({ name, content, fault }: Read, options: PackPhotosOptions): Promise<Decoded> {
  const { archive, remedy, size, exact } = options;
  const where = `${archive}, ${name}`;
  try {
    if (!content) throw imageError('format', where, fault!, remedy);
    return { name, photo: await decodePhoto(content, name, { where, size, exact, remedy }) };
  } catch (error) {
    return { name, error };
  }
}

async function finish(decoded: Decoded, options: PackPhotosOptions, packed: PackedPhotos): Promise<void> {
  const { archive, writer, channels, skipBad } = options;
  if ('error' in decoded) {
    const { name, error } = decoded;
    if (!(error instanceof DataError) || error.came === undefined) throw error;
    packed.bad.push({ archive, name, error });
    return;
  }
  const { pixels, conversions } = decoded.photo;
  for (const words of conversions) packed.conversions.set(words, (packed.conversions.get(words) ?? 0) + 1);
  if (packed.bad.length > 0 && !skipBad) return;
  writer.add(channels === 1 ? greyOf(pixels) : pixels);
  await writer.flush();
}
