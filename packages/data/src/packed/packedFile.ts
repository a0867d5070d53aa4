import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { z } from 'zod';

/**
 * A packed file holds decoded images one after another, then their index, then the footer:
 *
 *     images    count x height x width x channels bytes
 *     crcs      count x 4 bytes, little-endian: the CRC-32 of each image
 *     labels    count x 2 bytes, little-endian, where there are labels
 *     footer    JSON ({@link packedFooterSchema})
 *     trailer   the footer's length (8 bytes, little-endian), the SHA-256 of all between images and trailer, the magic
 *
 * A reader checks the index once and each image as it reads it, so a million images are there at once and none is used
 * unverified.
 */
export const packedFooterSchema = z.strictObject({
  version: z.literal(2),
  count: z.int().positive(),
  height: z.int().positive(),
  width: z.int().positive(),
  channels: z.int().positive(),
  labelled: z.boolean(),
  /** SHA-256 of all images, one after another. */
  sha256: z.string(),
  /** SHA-256 of each file that the images came from, by file name. */
  checksums: z.record(z.string(), z.string()),
  /** What the files were when they were packed; see `ImageSource`. */
  source: z.string(),
  /** How many images could not be used and were left out. */
  leftOut: z.int().nonnegative(),
});

export type PackedFooter = z.infer<typeof packedFooterSchema>;

export const PACKED_MAGIC = Buffer.from('pixelrnn packed\n');
export const PACKED_TRAILER_BYTES = 8 + 32 + PACKED_MAGIC.length;

const BUFFER_BYTES = 1 << 22;

/** Writes a packed file, image by image. The caller renames it to its final name after `finish`. */
export class PackedWriter {
  private readonly hash: Hash = createHash('sha256');
  private queue: Buffer[] = [];
  private filled = 0;
  private crcs = new Uint32Array(1024);
  private labels: number[] = [];
  private images = 0;

  private constructor(
    private readonly handle: FileHandle,
    private readonly shape: { height: number; width: number; channels: number },
  ) {}

  /** @param openFile Opens the file; `open` of node:fs/promises when absent. */
  static async create(
    path: string,
    shape: { height: number; width: number; channels: number },
    openFile: typeof open = open,
  ): Promise<PackedWriter> {
    return new PackedWriter(await openFile(path, 'w'), shape);
  }

  get count(): number {
    return this.images;
  }

  /** Takes one image [H, W, C]; it is written by the next `flush`, which must come after every few MiB. */
  add(image: Uint8Array, label?: number): void {
    if (this.images === this.crcs.length) {
      const larger = new Uint32Array(2 * this.crcs.length);
      larger.set(this.crcs);
      this.crcs = larger;
    }
    this.crcs[this.images++] = crc32(image);
    if (label !== undefined) this.labels.push(label);
    this.hash.update(image);
    this.queue.push(Buffer.from(image));
    this.filled += image.length;
  }

  /** Labels for images from the first one without a label on. */
  addLabels(labels: Iterable<number>): void {
    for (const label of labels) this.labels.push(label);
  }

  /** Writes what has gathered, where that is enough for a large write. */
  async flush(force = false): Promise<void> {
    if (this.filled === 0 || (this.filled < BUFFER_BYTES && !force)) return;
    const chunk = Buffer.concat(this.queue, this.filled);
    this.queue = [];
    this.filled = 0;
    await this.handle.writeFile(chunk);
  }

  /**
   * Completes the file and has it on the disk.
   * @returns The footer.
   */
  async finish({
    checksums,
    source,
    leftOut,
  }: Pick<PackedFooter, 'checksums' | 'source' | 'leftOut'>): Promise<PackedFooter> {
    await this.flush(true);
    const footer: PackedFooter = {
      version: 2,
      count: this.images,
      ...this.shape,
      labelled: this.labels.length > 0,
      sha256: this.hash.digest('hex'),
      checksums,
      source,
      leftOut,
    };
    const index = Buffer.alloc(4 * this.images + 2 * this.labels.length);
    for (let i = 0; i < this.images; i++) index.writeUInt32LE(this.crcs[i]!, 4 * i);
    for (const [i, label] of this.labels.entries()) index.writeUInt16LE(label, 4 * this.images + 2 * i);
    const json = Buffer.from(JSON.stringify(footer));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const sha256 = createHash('sha256').update(index).update(json).digest();
    await this.handle.writeFile(Buffer.concat([index, json, length, sha256, PACKED_MAGIC]));
    await this.handle.sync();
    return footer;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
