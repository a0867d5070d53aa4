import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { imageGrid } from '@pixelrnn/plots';
import { expect, test } from 'vitest';
import { pictureSize } from './pictureSize.js';

test('a picture has its size, and another file is named', async () => {
  const folder = await temporaryFolder();
  const shape = { count: 2, height: 3, width: 5, channels: 1, levels: 2, columns: 2, scale: 1, gap: 0 };
  await writeFile(join(folder, 'two.png'), await imageGrid({ ...shape, images: new Uint8Array(30) }));
  const path = join(folder, 'two.png');
  for (const picture of [path, await readFile(path)]) {
    expect(await pictureSize(picture, 'two.png')).toEqual({ width: 10, height: 3 });
  }
  for (const content of ['', 'a text that is longer than the header of a picture']) {
    await writeFile(join(folder, 'none.png'), content);
    await expect(pictureSize(join(folder, 'none.png'), 'none.png')).rejects.toThrow(
      'none.png should be a picture',
    );
  }
});
