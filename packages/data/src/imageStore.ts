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

/** The chosen images of [N, imageSize]. */
export function pick(images: Uint8Array, chosen: Uint32Array, imageSize: number): Uint8Array {
  const picked = new Uint8Array(chosen.length * imageSize);
  for (const [position, index] of chosen.entries()) {
    picked.set(images.subarray(index * imageSize, (index + 1) * imageSize), position * imageSize);
  }
  return picked;
}

/** The chosen images of a store. */
export function storeOf(store: ImageStore, chosen: Uint32Array): ImageStore {
  return {
    count: chosen.length,
    read: (index, into) => store.read(chosen[index]!, into),
    readAhead: (indices) => store.readAhead(indices.map((index) => chosen[index]!)),
  };
}

/** The chosen of [N] labels. */
export function labelsOf(labels: Labels, indices: Uint32Array): Labels {
  const chosen =
    labels instanceof Uint8Array ? new Uint8Array(indices.length) : new Uint16Array(indices.length);
  for (const [position, index] of indices.entries()) chosen[position] = labels[index]!;
  return chosen;
}
