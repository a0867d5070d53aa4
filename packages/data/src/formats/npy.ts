import { DataError } from '../dataError.js';

/** What a .npy file holds: `descr` is NumPy's type (`|u1`, `<i8`), `offset` where its values begin. */
export interface NpyHeader {
  descr: string;
  shape: number[];
  offset: number;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const MAX_HEADER_BYTES = 1 << 16;

/**
 * Parses the header of NumPy's .npy format, versions 1 to 3, of an array in C order.
 * @param bytes The beginning of the file.
 * @param where File and entry, for the errors.
 * @returns undefined where more of the file is needed.
 * @throws DataError `format`
 */
export function parseNpyHeader(bytes: Uint8Array, where: string, remedy: string): NpyHeader | undefined {
  const wrong = (came: string) =>
    new DataError('format', `${where} should be a NumPy array in C order, but ${came}: ${remedy}.`);
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const known = head.subarray(0, MAGIC.length);
  if (!known.equals(MAGIC.subarray(0, known.length))) throw wrong('it does not begin as one');
  if (head.length < 12) return undefined;
  const version = head[6]!;
  if (version < 1 || version > 3) throw wrong(`its format version is ${version}`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > MAX_HEADER_BYTES) throw wrong(`its header has ${length} bytes`);
  if (head.length < start + length) return undefined;
  const text = head.toString('latin1', start, start + length);
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || shape === undefined || !/'fortran_order':\s*False/.test(text)) {
    throw wrong(`its header is ${JSON.stringify(text.trim().slice(0, 100))}`);
  }
  const sizes = shape.split(',').filter((size) => size.trim() !== '');
  return { descr, shape: sizes.map(Number), offset: start + length };
}

/**
 * Takes a .npy file of one row after another as it streams by.
 * @param onRow gets each row's bytes, valid until it returns
 */
export class NpyRows {
  private header: NpyHeader | undefined;
  private carry: Buffer = Buffer.alloc(0);
  private rowBytes = 0;
  private row = 0;

  constructor(
    private readonly options: {
      where: string;
      remedy: string;
      /** Checks the header and gives the bytes of a row. */
      onHeader: (header: NpyHeader) => number;
      onRow: (bytes: Uint8Array, header: NpyHeader) => void;
    },
  ) {}

  /** @throws DataError `format` for a wrong header or more rows than it says */
  write(chunk: Uint8Array): void {
    const { where, remedy, onHeader, onRow } = this.options;
    let bytes: Buffer =
      this.carry.length > 0
        ? Buffer.concat([this.carry, chunk])
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (!this.header) {
      this.header = parseNpyHeader(bytes, where, remedy);
      if (this.header) {
        this.rowBytes = onHeader(this.header);
        bytes = bytes.subarray(this.header.offset);
      }
    }
    let at = 0;
    if (this.header) {
      for (; at + this.rowBytes <= bytes.length && this.row < this.header.shape[0]!; at += this.rowBytes) {
        onRow(bytes.subarray(at, at + this.rowBytes), this.header);
        this.row++;
      }
      if (this.row === this.header.shape[0] && at < bytes.length) {
        throw new DataError(
          'format',
          `${where} should hold ${this.row} rows of ${this.rowBytes} bytes, but it holds more: ${remedy}.`,
        );
      }
    }
    this.carry = Buffer.from(bytes.subarray(at));
  }

  /** @throws DataError `truncated` where rows are missing */
  end(): void {
    if (this.header && this.row === this.header.shape[0]) return;
    const { where, remedy } = this.options;
    const expected = this.header ? `${this.header.shape[0]} rows` : 'a NumPy array';
    throw new DataError(
      'truncated',
      `${where} should hold ${expected}, but it ends in ${this.header ? `row ${this.row + 1}` : 'its header'}: ${remedy}.`,
    );
  }
}
