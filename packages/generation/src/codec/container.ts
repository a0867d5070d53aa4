import { GenerationError, kindOf, usage } from '../generationError.js';
import type { ImageShape } from '../imageShape.js';
import { checksum, checksumBytes, joinBytes, sameBytes } from './checksum.js';

/** What a compressed file says. */
export interface Container {
  shape: ImageShape;
  count: number;
  /** Checksum of the model's plan and the conditions. */
  model: Uint8Array;
  /** Checksum of the intensities. */
  images: Uint8Array;
  /** The codes of all images. */
  payload: Uint8Array;
}

// Like PNG's: a byte that is no text, line ends that a transfer as text would change, an end-of-file.
const magic = Uint8Array.of(0x89, 0x50, 0x58, 0x52, 0x0d, 0x0a, 0x1a, 0x0a);
const version = 1;
const at = {
  version: 8,
  channels: 9,
  topLevel: 10,
  reserved: 11,
  height: 12,
  width: 14,
  count: 16,
  payload: 20,
  model: 24,
  images: 24 + checksumBytes,
  /** Checksum of the payload. */
  code: 24 + 2 * checksumBytes,
  /** Checksum of all before it. */
  header: 24 + 3 * checksumBytes,
} as const;
const headerChecksumBytes = 4;
export const headerBytes = at.header + headerChecksumBytes;
const largest16 = 2 ** 16 - 1;
const largest32 = 2 ** 32 - 1;

/**
 * A file: a header of {@link headerBytes} bytes, little-endian, and the payload.
 *
 * @throws GenerationError `too-large`
 */
export async function writeContainer({
  shape,
  count,
  model,
  images,
  payload,
}: Container): Promise<Uint8Array> {
  const sides = Math.max(shape.height, shape.width);
  if (sides > largest16 || count > largest32 || payload.length > largest32) {
    throw new GenerationError(
      'too-large',
      `A file holds up to ${largest32} images of up to ${largest16} x ${largest16} pixels in 4 GB: compress them in parts.`,
    );
  }
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  header.set(magic);
  header[at.version] = version;
  header[at.channels] = shape.channels;
  header[at.topLevel] = shape.levels - 1;
  view.setUint16(at.height, shape.height, true);
  view.setUint16(at.width, shape.width, true);
  view.setUint32(at.count, count, true);
  view.setUint32(at.payload, payload.length, true);
  header.set(model, at.model);
  header.set(images, at.images);
  header.set(await checksum(payload), at.code);
  header.set(await headerChecksum(header), at.header);
  return joinBytes([header, payload]);
}

/**
 * A file's content, after header, length and payload have been found whole.
 *
 * @throws GenerationError `format`, `truncated`, `trailing` or `damaged`; `usage` for what is no bytes
 */
export async function readContainer(file: Uint8Array): Promise<Container> {
  if (!(file instanceof Uint8Array)) {
    usage(
      `Expected the bytes of a compressed file as a Uint8Array, but ${kindOf(file)} came: give what compress gave, or what readFile reads.`,
    );
  }
  const header = await readHeader(file);
  const view = new DataView(header.buffer);
  const payload = file.subarray(headerBytes);
  const claimed = view.getUint32(at.payload, true);
  if (payload.length < claimed) {
    throw new GenerationError(
      'truncated',
      `The file is truncated: it should have ${headerBytes + claimed} bytes, but ${file.length} came.`,
    );
  }
  if (payload.length > claimed) {
    throw new GenerationError(
      'trailing',
      `The file has ${payload.length - claimed} trailing bytes: it should have ${headerBytes + claimed}, but ${file.length} came.`,
    );
  }
  const bytes = (start: number) => header.slice(start, start + checksumBytes);
  if (!sameBytes(await checksum(payload), bytes(at.code))) {
    throw new GenerationError(
      'damaged',
      'The file is damaged: the checksum of its code is another than it says.',
    );
  }
  return {
    shape: {
      height: view.getUint16(at.height, true),
      width: view.getUint16(at.width, true),
      channels: header[at.channels] as number,
      levels: (header[at.topLevel] as number) + 1,
    },
    count: view.getUint32(at.count, true),
    model: bytes(at.model),
    images: bytes(at.images),
    payload,
  };
}

/** The header by itself, whole. */
async function readHeader(file: Uint8Array): Promise<Uint8Array> {
  const prefix = file.subarray(0, magic.length);
  if (file.length > 0 && !sameBytes(prefix, magic.subarray(0, prefix.length))) {
    throw new GenerationError('format', 'This is no file of compressed images: its first bytes are others.');
  }
  if (file.length > at.version && file[at.version] !== version) {
    throw new GenerationError(
      'format',
      `The file has version ${file[at.version]}, expected ${version}: decompress it with the version of this project that wrote it.`,
    );
  }
  if (file.length < headerBytes) {
    throw new GenerationError(
      'truncated',
      `The file is truncated: its header has ${headerBytes} bytes, but only ${file.length} came.`,
    );
  }
  const header = file.slice(0, headerBytes);
  if (!sameBytes(await headerChecksum(header), header.subarray(at.header))) {
    throw new GenerationError(
      'damaged',
      'The file is damaged: the checksum of its header is another than it says.',
    );
  }
  return header;
}

const headerChecksum = async (header: Uint8Array) =>
  (await checksum(header.subarray(0, at.header))).subarray(0, headerChecksumBytes);
