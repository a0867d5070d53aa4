import { firstNames } from './badImages.js';
import type { ImageSource } from './imageSource.js';
import type { PackedPhotos } from './packPhotos.js';

/** What the user must hear of a set that was packed: sentences about what was converted, chosen or left out. */
export function notesOf({
  source,
  photos,
  repeated,
  leftOut,
  images,
}: {
  source: ImageSource;
  photos: PackedPhotos;
  /** Names of entries that came more than once. */
  repeated: readonly string[];
  /** Where the images are listed that could not be used. */
  leftOut: string;
  images: number;
}): string[] {
  const where = source.paths[0]!;
  const { folderLinks = [], brokenLinks = [], others = [] } = source.leftOut ?? {};
  const strangers = [...others, ...photos.others];
  const list = (words: string, names: readonly string[]) =>
    `${words} (${names.length}): ${firstNames(names)}`;
  const conversions = [...photos.conversions].map(([words, count]) => `${count} ${words}`);
  const notes: [readonly unknown[], string][] = [
    [conversions, `converted to 8-bit sRGB, of ${images} images: ${conversions.join('; ')}`],
    [repeated, list('there more than once, of which the last is taken, as unpacking does', repeated)],
    [strangers, list('left out, as their names are not those of images', strangers)],
    [folderLinks, list('left out, as links to folders are not followed', folderLinks)],
    [brokenLinks, list('left out, as these links lead nowhere', brokenLinks)],
    [photos.bad, `left out, as they cannot be used (${photos.bad.length}): the list is in ${leftOut}`],
  ];
  return notes.filter(([names]) => names.length > 0).map(([, sentence]) => `${where}: ${sentence}.`);
}
