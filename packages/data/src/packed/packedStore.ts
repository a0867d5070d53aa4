import { createHash } from 'node:crypto';
import { close, fstatSync, openSync, read, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { DataError, reasonOf } from '../dataError.js';
import type { ImageStore, Labels } from '../imageStore.js';
import { PACKED_MAGIC, PACKED_TRAILER_BYTES, type PackedFooter, packedFooterSchema } from './packedFile.js';

const closing = new FinalizationRegistry<number>((descriptor) => close(descriptor));

/** The images of a packed file, read by position and checked one by one. The file stays open while this is in use. */
export class PackedStore implements ImageStore {
  readonly count: number;
  readonly labels: Labels | undefined;
  private readonly imageSize: number;
  /** What read-ahead reads into: only that the system has fetched it counts. */
  private readonly scratch: Uint8Array;

  private constructor(
    readonly path: string,
    readonly footer: PackedFooter,
    private readonly descriptor: number,
    private readonly crcs: Uint32Array,
    labels: Uint16Array | undefined,
  ) {
    const { count, height, width, channels } = footer;
    this.count = count;
    this.labels = labels;
    this.imageSize = height * width * channels;
    this.scratch = new Uint8Array(this.imageSize);
    closing.register(this, descriptor);
  }

  /**
   * Opens a packed file and checks its size and its index.
   * @throws DataError `missing`, `unreadable`, `truncated`, `format` or `checksum`
   */
  static open(path: string): PackedStore {
    const descriptor = openDescriptor(path);
    try {
      return PackedStore.check(path, descriptor);
    } catch (error) {
      close(descriptor);
      throw error;
    }
  }

  private static check(path: string, descriptor: number): PackedStore {
    const { size } = fstatSync(descriptor);
    const wrong = (code: 'truncated' | 'format' | 'checksum', came: string, cause?: unknown) =>
      new DataError(
        code,
        `${path} should be a packed file of images, but ${came}: delete it, so that it is packed anew.`,
        {
          cause,
        },
      );
    if (size < PACKED_TRAILER_BYTES) throw wrong('truncated', `it has ${size} bytes`);
    const trailer = readAt(path, descriptor, size - PACKED_TRAILER_BYTES, PACKED_TRAILER_BYTES);
    if (!trailer.subarray(40).equals(PACKED_MAGIC)) throw wrong('truncated', 'its end is missing');
    const footerBytes = Number(trailer.readBigUInt64LE(0));
    const footerStart = size - PACKED_TRAILER_BYTES - footerBytes;
    if (footerBytes > 1 << 20 || footerStart < 0) throw wrong('format', 'its end is damaged');
    const json = readAt(path, descriptor, footerStart, footerBytes);
    let footer: PackedFooter;
    try {
      footer = packedFooterSchema.parse(JSON.parse(json.toString('utf8')));
    } catch (error) {
      throw wrong('format', 'its footer is damaged or of another version', error);
    }
    const { count, height, width, channels, labelled } = footer;
    const images = count * height * width * channels;
    const indexBytes = count * (labelled ? 6 : 4);
    if (images + indexBytes !== footerStart)
      throw wrong('truncated', `its size does not fit ${count} images`);
    const index = readAt(path, descriptor, images, indexBytes);
    const sha256 = createHash('sha256').update(index).update(json).digest();
    if (!sha256.equals(trailer.subarray(8, 40))) throw wrong('checksum', 'its index is damaged');
    const crcs = Uint32Array.from({ length: count }, (_, i) => index.readUInt32LE(4 * i));
    const labels = labelled
      ? Uint16Array.from({ length: count }, (_, i) => index.readUInt16LE(4 * count + 2 * i))
      : undefined;
    return new PackedStore(path, footer, descriptor, crcs, labels);
  }

  read(index: number, into: Uint8Array): void {
    const { path, descriptor, imageSize } = this;
    readInto(path, descriptor, index * imageSize, into);
    if (crc32(into) === this.crcs[index]) return;
    throw new DataError(
      'checksum',
      `Image ${index} in ${path} should have the checksum it was written with, but it has another: delete the file, so that it is packed anew.`,
    );
  }

  /** The thread pool reads them while the caller's thread computes; then `read` finds them in the system's cache. */
  readAhead(indices: Uint32Array): void {
    const { descriptor, imageSize, scratch } = this;
    // An error here is seen by `read`, which reads the same place. The callback keeps this store, and so the descriptor.
    for (const index of indices)
      read(descriptor, scratch, 0, imageSize, index * imageSize, () => this.scratch);
  }
}

function openDescriptor(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const reason = reasonOf(error);
    throw new DataError(
      reason === 'ENOENT' ? 'missing' : 'unreadable',
      `${path} should be a packed file of images, but opening it gave ${reason}: pack it first, or make it readable.`,
      { cause: error },
    );
  }
}

function readAt(path: string, descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readInto(path, descriptor, position, bytes);
  return bytes;
}

function readInto(path: string, descriptor: number, position: number, into: Uint8Array): void {
  let filled = 0;
  while (filled < into.length) {
    let count: number;
    try {
      count = readSync(descriptor, into, filled, into.length - filled, position + filled);
    } catch (error) {
      throw new DataError(
        'unreadable',
        `${path} should be a readable file, but reading it gave ${reasonOf(error)}: make it readable, or delete it, so that it is packed anew.`,
        { cause: error },
      );
    }
    if (count === 0) {
      throw new DataError(
        'truncated',
        `${path} should hold bytes from ${position} on, but it ends before: delete it, so that it is packed anew.`,
      );
    }
    filled += count;
  }
}
