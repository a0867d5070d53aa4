import { join, resolve } from 'node:path';
import { aboutStrangers } from '../archives/strangers.js';
import { DataError } from '../dataError.js';
import { folderAt, type ImageSource, namesIn, npzAt, tarAt } from '../packed/imageSource.js';
import type { ImageNetFiles, ImageNetSize, ImageNetSplit } from './imageNetFiles.js';

/** See `loadImageNet`. */
export type ImageNetKind = 'original' | 'resampled' | 'sample';

export interface ImageNetPlace {
  dataDir: string;
  /** In the data folder or absolute; the usual ones when absent. */
  folder?: string | undefined;
  size: ImageNetSize;
  /** Only files in the form of this version; any when absent. */
  kind?: ImageNetKind | undefined;
  files: ImageNetFiles;
}

const USUAL_FOLDERS = ['imagenet', 'imagenet-sample'];

/**
 * Both splits, from the first folder that has training images, so that no set is put together of two.
 * @throws DataError `missing` that tells what was looked for and where, `unreadable`
 */
export async function findImageNet(place: ImageNetPlace): Promise<Record<ImageNetSplit, ImageSource>> {
  const { dataDir, folder, size, kind, files } = place;
  const folders = (folder ? [folder] : USUAL_FOLDERS).map((name) => resolve(dataDir, name));
  const missing = async (split: ImageNetSplit, where: string[]) => {
    const strangers = await Promise.all(where.map(async (at) => aboutStrangers(at, await namesIn(at))));
    return new DataError(
      'missing',
      `${placesOf(split, { size, kind, files })} was expected in ${where.join(' or ')}, but none is there: put one there (these sets cannot be fetched without an account).${strangers.join('')}`,
    );
  };
  for (const candidate of folders) {
    const train = await findSplit(candidate, 'train', place);
    if (!train) continue;
    const valid = await findSplit(candidate, 'valid', place);
    if (!valid) throw await missing('valid', [candidate]);
    return { train, valid };
  }
  throw await missing('train', folders);
}

type Form = Pick<ImageNetPlace, 'size' | 'kind' | 'files'>;

/** What a split may be, the papers' form first; `val` stands for `valid` where any images will do. */
function formsOf(split: ImageNetSplit, { size, kind, files }: Form) {
  const sized = `${split}_${size}x${size}`;
  const any = split === 'valid' ? ['valid', 'val'] : ['train'];
  const ilsvrc = `ILSVRC2012_img_${split === 'valid' ? 'val' : 'train'}`;
  const tars = (name: string) => [`${name}.tar`, `${name}.tar.gz`, `${name}.tgz`];
  const zips = files.resampled[size][split].files.map(({ name }) => name);
  const forms: {
    find: (paths: string[]) => Promise<ImageSource | undefined>;
    names: string[];
    kind?: ImageNetKind;
  }[] = [
    { find: (paths) => tarAt(paths, true), names: tars(sized), kind: 'original' },
    { find: (paths) => folderAt(paths, true), names: [sized] },
    { find: npzAt, names: zips, kind: 'resampled' },
    { find: (paths) => tarAt(paths, false), names: [...any, ilsvrc].flatMap(tars) },
    { find: (paths) => folderAt(paths, false), names: any },
  ];
  return kind === 'original' || kind === 'resampled' ? forms.filter((form) => form.kind === kind) : forms;
}

async function findSplit(folder: string, split: ImageNetSplit, form: Form): Promise<ImageSource | undefined> {
  for (const { find, names } of formsOf(split, form)) {
    const source = await find(names.map((name) => join(folder, name)));
    if (source) return source;
  }
  return undefined;
}

/** For an error. */
function placesOf(split: ImageNetSplit, { size, kind, files }: Form): string {
  const zips = files.resampled[size][split].files.map(({ name }) => name).join(' and ');
  const tar = `${split}_${size}x${size}.tar`;
  if (kind === 'original') return tar;
  if (kind === 'resampled') return zips;
  return `${tar}, ${zips}, or ${split}.tar or a folder ${split} of images`;
}
