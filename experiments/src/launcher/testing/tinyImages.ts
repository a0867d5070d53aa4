import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from '@pixelrnn/files';
import { Random } from '@pixelrnn/random';
import sharp from 'sharp';

/** Settings of `own` with which a step of its PixelCNN takes milliseconds. */
export const tinySettings = { size: 8, levels: 2, grey: true, h: 2, headWidth: 4, batchSize: 4, samples: 0 };

/** A folder of 30 images of 8 x 8 pixels. */
export async function tinyImages(folder: string): Promise<string> {
  const images = join(folder, 'images');
  await mkdir(images);
  const random = new Random(1).split('images');
  for (let i = 0; i < 30; i++) {
    const pixels = Uint8Array.from({ length: 64 * 3 }, () => random.integer(256));
    const image = sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } });
    await writeFile(join(images, `${i}.png`), await image.png().toBuffer());
  }
  return images;
}

/** A cache folder for packed images of their own; what was compiled stays where it is. */
export async function cacheWithoutImages(folder: string): Promise<string> {
  const cache = join(folder, 'cache');
  await mkdir(cache);
  const shared = cacheDir();
  const there = existsSync(shared) ? await readdir(shared) : [];
  for (const name of there.filter((each) => each !== 'packed')) {
    await symlink(join(shared, name), join(cache, name));
  }
  return cache;
}
