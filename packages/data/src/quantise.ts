import type { ImageStore } from './imageStore.js';

/**
 * Which of `levels` even steps each intensity 0..255 lies on: floor(intensity * levels / 256). A level stands for 256 / levels
 * neighbouring intensities, so each for as many where `levels` divides 256, else for one more or less; 0 and 255 are on
 * the first and the last. 256 levels change nothing, and 2 levels part at 128.
 * @param levels 2..256
 * @returns [256], 0..levels-1
 */
function levelOfIntensity(levels: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, intensity) => Math.floor((intensity * levels) / 256));
}

/** Intensities 0..255 on that many even levels. */
export function quantise(intensities: Uint8Array, levels: number): Uint8Array {
  const table = levelOfIntensity(levels);
  return intensities.map((intensity) => table[intensity]!);
}

/** A store of intensities 0..255 on that many even levels. */
export function quantisedStore(store: ImageStore, levels: number): ImageStore {
  const table = levelOfIntensity(levels);
  return {
    count: store.count,
    read: (index, into) => {
      store.read(index, into);
      for (let i = 0; i < into.length; i++) into[i] = table[into[i]!]!;
    },
    readAhead: (indices) => store.readAhead(indices),
  };
}
