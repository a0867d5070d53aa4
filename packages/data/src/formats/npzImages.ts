import { basename } from 'node:path';
import { Unzip, UnzipInflate } from 'fflate';
import { aboutStrangers } from '../archives/strangers.js';
import { zipEntries } from '../archives/zipEntries.js';
import { DataError } from '../dataError.js';
import type { PackedWriter } from '../packed/packedFile.js';
import { isSystemName } from './imageKind.js';
import { type NpyHeader, NpyRows } from './npy.js';
import { interleave } from './planar.js';

/** More images than any published set has; a header that says more is damaged or made to fill the disk. */
const MAX_IMAGES = 1 << 21;
const CLASSES = 1000;
/** Inflated pieces stay small whatever a piece of the archive inflates to: deflate makes at most 1032 bytes of one. */
const PIECE_BYTES = 1 << 14;

/** How to read NumPy's integer types: `|u1`, `<i8`, `>i2`. */
function integerReader(descr: string): { bytes: number; read: (row: Buffer) => number } | undefined {
  const [, order, kind, size] = /^([<>|=])([iu])([1248])$/.exec(descr) ?? [];
  if (size === undefined) return undefined;
  const bytes = Number(size);
  const big = order === '>';
  if (bytes < 8) {
    if (kind === 'u')
      return { bytes, read: (row) => (big ? row.readUIntBE(0, bytes) : row.readUIntLE(0, bytes)) };
    return { bytes, read: (row) => (big ? row.readIntBE(0, bytes) : row.readIntLE(0, bytes)) };
  }
  if (kind === 'u')
    return { bytes, read: (row) => Number(big ? row.readBigUInt64BE() : row.readBigUInt64LE()) };
  return { bytes, read: (row) => Number(big ? row.readBigInt64BE() : row.readBigInt64LE()) };
}

/**
 * Packs the images of a zip archive of .npz files, each with `data` (uint8 [N, 3 x size x size], planes of red, green and
 * blue) and `labels` ([N], 1..1000): the form of the downsampled ImageNet that is distributed today (Chrabaszcz et
 * al., 2017). Archive and arrays are streamed.
 * @throws DataError naming file and entry
 */
export async function packNpzImages(
  path: string,
  {
    size,
    writer,
    remedy,
    onBytes,
  }: { size: number; writer: PackedWriter; remedy: string; onBytes?: (bytes: number) => void },
): Promise<void> {
  let taken = 0;
  const others: string[] = [];
  const start = writer.count;
  for await (const { name, content } of zipEntries(path, remedy)) {
    if (isSystemName(name)) continue;
    if (!name.endsWith('.npz')) {
      others.push(name);
      continue;
    }
    const before = writer.count;
    const arrays = new NpzReader({ where: `${path}, ${name}`, size, writer, remedy });
    for await (const chunk of content) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        arrays.write(chunk.subarray(at, at + PIECE_BYTES));
        await writer.flush();
      }
      taken += chunk.length;
      onBytes?.(taken);
    }
    arrays.end(writer.count - before);
  }
  if (writer.count > start) return;
  throw new DataError(
    'format',
    `${path} should hold .npz files, but it holds ${others.length > 0 ? others.slice(0, 3).join(', ') : 'none'}: ${remedy}.${aboutStrangers(
      path,
      others.map((name) => basename(name)),
    )}`,
  );
}

/** The arrays `data` and `labels` of one .npz file as it streams by. */
class NpzReader {
  private readonly unzip: Unzip;
  private readonly arrays = new Map<string, NpyRows>();
  private readonly labels: number[] = [];

  constructor(
    private readonly options: { where: string; size: number; writer: PackedWriter; remedy: string },
  ) {
    this.unzip = new Unzip((file) => {
      const rows = this.reader(file.name);
      if (!rows) return;
      this.arrays.set(file.name, rows);
      file.ondata = (error, data, final) => {
        if (error) throw error;
        rows.write(data);
        if (final) rows.end();
      };
      file.start();
    });
    this.unzip.register(UnzipInflate);
  }

  write(piece: Uint8Array): void {
    try {
      this.unzip.push(piece);
    } catch (error) {
      throw this.errorOf(error);
    }
  }

  /** @param images How many images came. */
  end(images: number): void {
    const { where, writer, remedy } = this.options;
    try {
      this.unzip.push(new Uint8Array(0), true);
    } catch (error) {
      throw this.errorOf(error);
    }
    for (const rows of this.arrays.values()) rows.end();
    if (!this.arrays.has('data.npy') || !this.arrays.has('labels.npy') || this.labels.length !== images) {
      throw new DataError(
        'format',
        `${where} should hold the arrays data and labels of the same length, but it holds ${images} images and ${this.labels.length} labels: ${remedy}.`,
      );
    }
    writer.addLabels(this.labels);
  }

  private errorOf(error: unknown): unknown {
    if (error instanceof DataError || !(error instanceof Error)) return error;
    const { where, remedy } = this.options;
    return new DataError(
      'format',
      `${where} should be a NumPy archive, but it is corrupt (${error.message}): ${remedy}.`,
      {
        cause: error,
      },
    );
  }

  private reader(name: string): NpyRows | undefined {
    if (name === 'data.npy') return this.dataReader();
    if (name === 'labels.npy') return this.labelReader();
    return undefined;
  }

  private dataReader(): NpyRows {
    const { where, size, writer, remedy } = this.options;
    const imageBytes = 3 * size * size;
    const image = new Uint8Array(imageBytes);
    return new NpyRows({
      where: `${where}, data`,
      remedy,
      onHeader: (header) => {
        const { descr, shape } = header;
        const fits =
          /^[<>|=]u1$/.test(descr) &&
          shape.length === 2 &&
          shape[0]! <= MAX_IMAGES &&
          shape[1] === imageBytes;
        if (!fits) throw this.unexpected(`data: uint8 [N, ${imageBytes}] with N up to ${MAX_IMAGES}`, header);
        return imageBytes;
      },
      onRow: (bytes) => {
        interleave(bytes, 0, image, size * size);
        writer.add(image);
      },
    });
  }

  private labelReader(): NpyRows {
    const { where, remedy } = this.options;
    return new NpyRows({
      where: `${where}, labels`,
      remedy,
      onHeader: (header) => {
        const reader = integerReader(header.descr);
        const [count, columns = 1, ...more] = header.shape;
        if (!reader || columns !== 1 || more.length > 0 || !(count! <= MAX_IMAGES)) {
          throw this.unexpected('labels: integers [N]', header);
        }
        return reader.bytes;
      },
      onRow: (bytes, { descr }) => {
        const label = integerReader(descr)!.read(Buffer.from(bytes));
        if (label < 1 || label > CLASSES) {
          throw new DataError(
            'format',
            `${where}, labels should be 1..${CLASSES}, but ${label} came for image ${this.labels.length}: ${remedy}.`,
          );
        }
        this.labels.push(label - 1);
      },
    });
  }

  private unexpected(expected: string, { descr, shape }: NpyHeader): DataError {
    const { where, remedy } = this.options;
    return new DataError(
      'format',
      `${where} should hold ${expected}, but it holds ${descr} [${shape.join(', ')}]: ${remedy}.`,
    );
  }
}
