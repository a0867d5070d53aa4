/** Images first .. first + images - 1, which go through the plan in one group of lanes. */
export interface Share {
  lanes: number;
  first: number;
  images: number;
}

/**
 * Groups for a batch: as large as they come, but smaller where threads would have nothing to do otherwise, and no larger
 * than what is left needs. Results do not depend on them.
 *
 * @param sizes powers of two, added up
 * @param lanesOfImage 1, or 2 under guidance
 */
export function groupsOf(count: number, lanesOfImage: number, sizes: number, threads: number): Share[] {
  const possible = [4, 8, 16, 32].filter((size) => sizes & size);
  const lanes = count * lanesOfImage;
  const usual = possible.find((size) => Math.ceil(lanes / size) <= threads) ?? (possible.at(-1) as number);
  const groups: Share[] = [];
  for (let first = 0; first < count; ) {
    const left = (count - first) * lanesOfImage;
    const size = left >= usual ? usual : (possible.find((fits) => fits >= left) as number);
    const images = Math.min(count - first, size / lanesOfImage);
    groups.push({ lanes: size, first, images });
    first += images;
  }
  return groups;
}
