import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DataError, reasonOf } from '../dataError.js';
import { firstNames } from '../packed/badImages.js';
import { folderSource, type ImageSource, namesIn } from '../packed/imageSource.js';
import type { OnNote } from '../progress.js';

/** The images of a folder: all of them, or those of its folders for the splits. */
export type OwnSources =
  | { all: ImageSource }
  | { train: ImageSource; valid?: ImageSource; test?: ImageSource };

const folderNames = { train: ['train'], valid: ['valid', 'val', 'validation'], test: ['test'] };

/**
 * Looks for images in a folder; it is split where it holds `train` and one of `valid` and `test`.
 * @throws DataError `missing`, `unreadable`, `format` where a folder holds no images
 */
export async function findOwnImages(folder: string, onNote: OnNote): Promise<OwnSources> {
  await requireFolder(folder);
  const names = (await namesIn(folder)).sort();
  // Where several would do, the first of these in the order above, in small letters before capitals.
  const splitAt = (split: keyof typeof folderNames) =>
    folderNames[split]
      .flatMap((wanted) => names.filter((name) => name.toLowerCase() === wanted).reverse())
      .at(0);
  const [train, valid, test] = [splitAt('train'), splitAt('valid'), splitAt('test')];
  if (train === undefined || (valid === undefined && test === undefined))
    return { all: await images(folder) };
  const used = [train, valid, test].filter((name) => name !== undefined);
  const others = names.filter((name) => !used.includes(name)).sort();
  if (others.length > 0) {
    onNote(
      `${folder}: left out, as the splits are ${used.join(' and ')} (${others.length}): ${firstNames(others)}.`,
    );
  }
  return {
    train: await images(join(folder, train)),
    ...(valid !== undefined && { valid: await images(join(folder, valid)) }),
    ...(test !== undefined && { test: await images(join(folder, test)) }),
  };
}

async function images(folder: string): Promise<ImageSource> {
  await requireFolder(folder);
  const source = await folderSource(folder, false);
  if (source) return source;
  throw new DataError(
    'format',
    `${folder} should hold images, but ${basename(folder)} is empty: put some there.`,
  );
}

async function requireFolder(folder: string): Promise<void> {
  let came: string;
  try {
    if ((await stat(folder)).isDirectory()) return;
    came = 'it is a file';
  } catch (error) {
    came = `looking there gave ${reasonOf(error)}`;
  }
  throw new DataError(
    'missing',
    `${folder} should be a folder of images, but ${came}: name another, or make it one.`,
  );
}
