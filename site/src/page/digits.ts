import type { SiteManifest } from '../manifest.js';
import { fileContent } from './files.js';

const pixels = 784;

/** Real digits of the page, one after the other from a place of its own. */
export class RealDigits {
  private next: number;

  constructor(
    private readonly file: SiteManifest['digits'],
    first: number,
  ) {
    this.next = first;
  }

  /** Intensities 0 and 1 of the next digit, [28, 28]. */
  async take(): Promise<Uint8Array> {
    const bytes = atob(String(await fileContent(this.file)));
    const first = pixels * (this.next++ % this.file.count);
    return Uint8Array.from({ length: pixels }, (_, i) => {
      const bit = first + i;
      return (bytes.charCodeAt(bit >> 3) >> (7 - (bit & 7))) & 1;
    });
  }
}
