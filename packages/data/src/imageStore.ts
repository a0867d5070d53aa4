/** Images that do not lie in memory as one array, such as those of a packed file. */
export interface ImageStore {
  readonly count: number;
  /**
   * Copies an image.
   * @param index 0..count-1
   * @param into [H, W, C]
   * @throws DataError where the image cannot be read or is not what was written
   */
  read(index: number, into: Uint8Array): void;
  /** Says that these images will be read soon, so that they can be fetched meanwhile. Takes no time. */
  readAhead(indices: Uint32Array): void;
}

/** Labels 0..255 or 0..65535. */
export type Labels = Uint8Array | Uint16Array;

/** An array [N, imageSize] as a store. */
export class MemoryStore implements ImageStore {
  readonly count: number;

  constructor(
    readonly images: Uint8Array,
    private readonly imageSize: number,
  ) {
    this.count = images.length / imageSize;
  }

  read(index: number, into: Uint8Array): void {
    into.set(this.images.subarray(index * this.imageSize, (index + 1) * this.imageSize));
  }

  readAhead(): void {}
}
