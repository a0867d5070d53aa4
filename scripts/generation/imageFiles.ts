import { access, constants, mkdir, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import type { ImageShape } from '@pixelrnn/generation';
import { imageGrid } from '@pixelrnn/plots';
import { type DecodedPng, decode } from 'fast-png';
import { CommandError } from './command.js';

export interface ImageFiles {
  /** [count, H, W, C] */
  images: Uint8Array;
  count: number;
}

/**
 * Images of a model's shape from a PNG (one image, or tiles without gaps, row by row) or from a folder of PNGs (one each, in
 * the order of their names).
 *
 * @throws CommandError in a sentence for what is no such PNG; nothing is resized, converted or rounded
 */
export async function readImages(path: string, shape: ImageShape): Promise<ImageFiles> {
  const found = await stat(path).catch(failed(`${path} should be a PNG or a folder of PNGs`));
  if (!found.isDirectory()) return joined([await readTiles(path, shape)], shape);
  const names = (await readdir(path)).filter((name) => extname(name).toLowerCase() === '.png');
  if (names.length === 0) throw new CommandError(`${path} holds no PNG: give a folder with at least one.`);
  names.sort(new Intl.Collator('en', { numeric: true }).compare);
  const parts: Uint8Array[] = [];
  for (const name of names) {
    const tiles = await readTiles(join(path, name), shape);
    if (tiles.length !== shape.height * shape.width * shape.channels) {
      throw new CommandError(
        `${join(path, name)} is larger than ${shape.width}x${shape.height}: in a folder every PNG is one image of the model's size.`,
      );
    }
    parts.push(tiles);
  }
  return joined(parts, shape);
}

function joined(parts: Uint8Array[], { height, width, channels }: ImageShape): ImageFiles {
  const images = new Uint8Array(Buffer.concat(parts));
  return { images, count: images.length / (height * width * channels) };
}

async function readTiles(path: string, shape: ImageShape): Promise<Uint8Array> {
  const { height, width } = shape;
  const png = await readPng(path);
  if (png.width % width !== 0 || png.height % height !== 0) {
    throw new CommandError(
      `${path} has ${png.width}x${png.height} pixels, expected ${width}x${height}, or tiles of that without gaps.`,
    );
  }
  const intensities = intensitiesOf(path, png, shape);
  const { channels } = shape;
  const line = width * channels;
  const tiles = new Uint8Array(intensities.length);
  let to = 0;
  for (let top = 0; top < png.height; top += height) {
    for (let left = 0; left < png.width; left += width) {
      for (let row = 0; row < height; row++) {
        const from = ((top + row) * png.width + left) * channels;
        tiles.set(intensities.subarray(from, from + line), to);
        to += line;
      }
    }
  }
  return tiles;
}

async function readPng(path: string): Promise<DecodedPng> {
  const bytes = await readFile(path).catch(failed(`${path} should be a PNG`));
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw new CommandError(`${path} is no whole PNG (${(error as Error).message}).`);
  }
  const kind = png.palette ? 'a palette' : png.depth !== 8 ? `${png.depth} bits a channel` : null;
  const alpha = png.channels === 2 || png.channels === 4 ? 'an alpha channel' : null;
  if (kind ?? alpha) {
    throw new CommandError(`${path} has ${kind ?? alpha}: expected a PNG of 8-bit grey or RGB.`);
  }
  return png;
}

/** Intensities [H, W, C] from 8-bit values in equal steps from black to white. */
function intensitiesOf(path: string, png: DecodedPng, { channels, levels }: ImageShape): Uint8Array {
  const pixels = png.width * png.height;
  const intensities = new Uint8Array(pixels * channels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * png.channels;
    if (channels === 1 && png.channels === 3 && !isGrey(png, from)) {
      throw new CommandError(`${path} is coloured, but the model's images are grey.`);
    }
    for (let color = 0; color < channels; color++) {
      const value = png.data[png.channels === 1 ? from : from + color] as number;
      const intensity = Math.round((value * (levels - 1)) / 255);
      if (Math.round((intensity * 255) / (levels - 1)) !== value) {
        const steps = levels === 2 ? 'black and white' : `${levels} equal steps from 0 to 255`;
        throw new CommandError(
          `${path} has the value ${value}, but the model's images have ${levels} levels, ${steps}: convert it first.`,
        );
      }
      intensities[pixel * channels + color] = intensity;
    }
  }
  return intensities;
}

const isGrey = ({ data }: DecodedPng, at: number) => data[at] === data[at + 1] && data[at] === data[at + 2];

/** Whether images go into one picture, rather than into a folder. */
export const isPicture = (path: string): boolean => extname(path).toLowerCase() === '.png';

/**
 * Makes the folders that results go into, before a model works on them for hours.
 *
 * @param files of results, or undefined where they are not wanted
 * @throws CommandError that names the first file that cannot be written, and the remedy
 */
export async function prepareFiles(...files: (string | undefined)[]): Promise<void> {
  for (const file of files) {
    if (file === undefined) continue;
    const there = await stat(file).catch(() => null); // else it is new
    if (there?.isDirectory()) {
      throw new CommandError(
        `Cannot write ${file}: it should be a file, but is a folder. Give another place.`,
      );
    }
    if (there && !there.isFile()) continue; // a device
    await prepareFolder(dirname(there ? await realpath(file) : file), file);
  }
}

/** The same for a PNG, or else a folder with a PNG for each image. */
export const prepareImages = (out: string): Promise<void> =>
  isPicture(out) ? prepareFiles(out) : prepareFolder(out, out);

async function prepareFolder(folder: string, result: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CommandError(
      `Cannot write ${result}: ${folder} should be a folder to write into, but that gave ${code}. Give another place.`,
      { cause },
    );
  }
}

/**
 * Writes a folder with a PNG for each image.
 * @throws CommandError in a sentence
 */
export async function writeFolder(
  path: string,
  images: Uint8Array,
  count: number,
  shape: ImageShape,
): Promise<void> {
  await mkdir(path, { recursive: true }).catch(failed(`${path} should be a folder`));
  const size = images.length / count;
  const digits = String(count - 1).length;
  for (let i = 0; i < count; i++) {
    const one = { ...shape, images: images.subarray(i * size, (i + 1) * size), count: 1, scale: 1, gap: 0 };
    const to = join(path, `${String(i).padStart(digits, '0')}.png`);
    await writeFile(to, await imageGrid(one)).catch(failed(`${to} should be written`));
  }
}

/** Writes tiles without gaps and without an empty one, which {@link readImages} takes back. */
export async function writeTiles(
  path: string,
  images: Uint8Array,
  count: number,
  shape: ImageShape,
): Promise<void> {
  let columns = Math.floor(Math.sqrt(count));
  while (count % columns !== 0) columns--;
  await write(path, await imageGrid({ ...shape, images, count, columns, scale: 1, gap: 0 }));
}

/**
 * Writes a result: all of it or nothing, in place of the file before. A link stays one, and so does a device.
 * @throws FileError or CommandError in a sentence
 */
export async function write(path: string, data: Uint8Array): Promise<void> {
  const there = await stat(path).catch(() => null); // else it is new
  if (!there || there.isFile()) return writeFileAtomic(there ? await realpath(path) : path, data);
  await writeFile(path, data).catch(failed(`${path} should be written`));
}

/** @throws CommandError in a sentence */
export const failed =
  (expected: string) =>
  (cause: NodeJS.ErrnoException): never => {
    throw new CommandError(`${expected}, but that gave ${cause.code}.`, { cause });
  };
