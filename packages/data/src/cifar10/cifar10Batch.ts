import { DataError } from '../dataError.js';
import { interleave } from '../formats/planar.js';
import { cifar10RecordBytes, cifar10Side } from './cifar10Files.js';

const CLASSES = 10;
const PIXELS = cifar10Side * cifar10Side;

/** Decodes a binary batch of CIFAR-10 as it streams by, record by record, into memory of the caller's. */
export class Cifar10BatchDecoder {
  private readonly record = new Uint8Array(cifar10RecordBytes);
  private filled = 0;
  private count = 0;

  /**
   * @param file Name for the errors.
   * @param images [N, 32, 32, 3]
   * @param labels [N]
   */
  constructor(
    private readonly file: string,
    private readonly images: Uint8Array,
    private readonly labels: Uint8Array,
  ) {}

  /** @throws DataError `format` for a label above 9 or more than N records. */
  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + cifar10RecordBytes - this.filled);
      this.record.set(piece, this.filled);
      this.filled += piece.length;
      at += piece.length;
      if (this.filled === cifar10RecordBytes) this.decodeRecord();
    }
  }

  /** @throws DataError `truncated` unless N whole records came. */
  end(): void {
    if (this.count === this.labels.length && this.filled === 0) return;
    throw new DataError(
      'truncated',
      `${this.file} should hold ${this.labels.length} records of ${cifar10RecordBytes} bytes, but it ends in record ${this.count + 1}: fetch it again.`,
    );
  }

  private decodeRecord(): void {
    const { record, count, labels } = this;
    const label = record[0]!;
    if (count === labels.length || label >= CLASSES) {
      throw new DataError(
        'format',
        count === labels.length
          ? `${this.file} should hold ${labels.length} records of ${cifar10RecordBytes} bytes, but it holds more: fetch it again.`
          : `${this.file} should have a label of 0..9 before each image, but ${label} came before image ${count}: fetch it again.`,
      );
    }
    labels[count] = label;
    interleave(record, 1, this.images.subarray(count * 3 * PIXELS, (count + 1) * 3 * PIXELS), PIXELS);
    this.count++;
    this.filled = 0;
  }
}
