import { DataError } from '../dataError.js';

const ZERO = 0x30;
const ONE = 0x31;
const SPACE = 0x20;
const NEWLINE = 0x0a;

/**
 * Parses the .amat text of binary images as it streams by: per row `columns` characters '0' or '1' with one space
 * between, closed by a newline.
 */
export class AmatParser {
  private readonly values: Uint8Array;
  private readonly rowBytes: number;
  private position = 0;

  /** @param file Name for the errors. */
  constructor(
    private readonly file: string,
    private readonly rows: number,
    private readonly columns: number,
  ) {
    this.values = new Uint8Array(rows * columns);
    this.rowBytes = 2 * columns;
  }

  /** @throws DataError `format` at the first character that is not the expected one. */
  write(chunk: Uint8Array): void {
    const { values, rowBytes } = this;
    let position = this.position;
    if (position + chunk.length > 2 * values.length) {
      throw new DataError(
        'format',
        `${this.file} should hold ${this.rows} rows of ${this.columns} values, but it holds more text than that: fetch it again.`,
      );
    }
    let column = position % rowBytes;
    for (let i = 0; i < chunk.length; i++, position++) {
      const byte = chunk[i]!;
      if ((column & 1) === 0) {
        if (byte !== ZERO && byte !== ONE) throw this.unexpected("'0' or '1'", byte, position);
        values[position >> 1] = byte - ZERO;
        column++;
      } else if (++column === rowBytes) {
        if (byte !== NEWLINE) throw this.unexpected('a newline', byte, position);
        column = 0;
      } else if (byte !== SPACE) {
        throw this.unexpected('a space', byte, position);
      }
    }
    this.position = position;
  }

  /**
   * @returns 0 or 1, [rows, columns]
   * @throws DataError `truncated` if rows are missing.
   */
  end(): Uint8Array {
    if (this.position < 2 * this.values.length) {
      throw new DataError(
        'truncated',
        `${this.file} should hold ${this.rows} rows of ${this.columns} values, but it ends in row ` +
          `${Math.floor(this.position / this.rowBytes) + 1}: fetch it again.`,
      );
    }
    return this.values;
  }

  private unexpected(expected: string, byte: number, position: number): DataError {
    const row = Math.floor(position / this.rowBytes) + 1;
    const column = (position % this.rowBytes) + 1;
    const came = byte > SPACE && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `the byte ${byte}`;
    return new DataError(
      'format',
      `${this.file} should have ${expected} at line ${row}, character ${column}, but ${came} came: fetch it again.`,
    );
  }
}
