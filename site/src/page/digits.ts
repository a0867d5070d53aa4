import type { SiteManifest } from '../manifest.js';
import { fileContent } from './files.js';

const pixels = 784;

export interface RealDigit {
  /** Intensities 0 and 1, [28, 28]. */
  image: Uint8Array;
  label: string;
}

/** Real digits of the page, one after the other from a place of its own. */
export class RealDigits {
  private next: number;

  constructor(
    private readonly file: SiteManifest['digits'],
    first: number,
  ) {
    this.next = first;
  }

  async take(): Promise<RealDigit> {
    const bytes = atob(String(await fileContent(this.file)));
    const { labels } = this.file;
    const at = this.next++ % labels.length;
    const image = Uint8Array.from({ length: pixels }, (_, i) => {
      const bit = pixels * at + i;
      return (bytes.charCodeAt(bit >> 3) >> (7 - (bit & 7))) & 1;
    });
    return { image, label: labels.charAt(at) };
  }
}
