import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { cacheDir } from '@pixelrnn/files';
import { suiteFolder, temporaryFolder } from '@pixelrnn/files/testing';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { imageSettings } from './cliOptions.js';
import type { FinishedRow } from './experiment.js';
import { ownImages } from './ownImages.js';
import { findExperiment } from './registry.js';
import { redrawSamples } from './runner/redrawSamples.js';
import { runAll } from './runner/runAll.js';
import { runExperiment } from './runner/runExperiment.js';

const own = suiteFolder();

beforeAll(async () => {
  await loadEngine({ quiet: true });
  // Packed images go into a cache of the test's own; what has been compiled stays where it is.
  const shared = cacheDir();
  const there = existsSync(shared) ? await readdir(shared) : [];
  for (const name of there.filter((name) => name !== 'packed'))
    await symlink(join(shared, name), join(own, name));
  vi.stubEnv('PIXELRNN_CACHE_DIR', own);
});

/** A photo of a gradient and a colour. */
const photo = (width: number, height: number, blue: number) =>
  sharp(
    Buffer.from(
      Array.from({ length: width * height * 3 }, (_, i) =>
        i % 3 === 2 ? blue : (Math.floor(i / 3) * 7) % 256,
      ),
    ),
    { raw: { width, height, channels: 3 } },
  );

/** A folder of photos of several sizes and formats. */
async function photos(count: number): Promise<string> {
  const folder = join(await temporaryFolder(), 'my holiday photos, 1999');
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const image = photo(9 + (i % 3), 8 + (i % 2), (i * 20) % 256);
    const kind = i % 2 === 0 ? 'png' : 'jpeg';
    await writeFile(join(folder, `photo ${i}.${kind}`), await image.toFormat(kind).toBuffer());
  }
  return folder;
}

const small = { size: 8, steps: 2, batchSize: 4, validateEvery: 2, samples: 1, h: 3, headWidth: 4 };

async function run(set: Record<string, unknown>, out?: string, rows = ['pixelcnn']) {
  const options = { preset: 'smoke' as const, rows, set: { ...small, ...set }, log: () => {} };
  return runExperiment(ownImages, { ...options, out: out ?? (await temporaryFolder()) });
}

describe('own images', () => {
  it('are trained on, measured, drawn and completed, and told by name', async () => {
    const [images, out] = [await photos(14), await temporaryFolder()];
    const { table, failures } = await run({ images }, out);
    expect(failures).toEqual([]);
    const row = table.rows.find(({ name }) => name === 'pixelcnn')!;
    expect(row.label).toContain('on images of my holiday photos, 1999, 8x8');
    expect(row.label).not.toContain('/');
    expect(row.test).toBeGreaterThan(0);
    const folder = join(out, 'own', 'runs', 'pixelcnn', 'seed-0');
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['samples.png', 'completions.png']));
    const { settings, dataset } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    expect(settings).toMatchObject({
      images,
      size: 8,
      levels: 256,
      grey: false,
      skipBad: false,
      splitSeed: 0,
    });
    expect(dataset).toBe('images of my holiday photos, 1999, 8x8');

    // Drawn once, unless the result is newer.
    const path = join(folder, 'completions.png');
    const result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'));
    const model = ownImages.rows[0] as FinishedRow['row'];
    const draw = () => ownImages.figures?.([{ row: model, settings, result, folder }], join(out, 'own'));
    const before = (await stat(path)).mtimeMs;
    await draw();
    expect((await stat(path)).mtimeMs).toBe(before);
    await utimes(path, new Date(), new Date(before - 60_000));
    await draw();
    expect((await stat(path)).mtimeMs).toBeGreaterThan(before);

    const redrawn = { rows: ['pixelcnn'], set: { samples: 2 }, out, log: () => {} };
    expect(await redrawSamples(ownImages, redrawn)).toEqual([]);
  }, 300_000);

  it.each(['row-lstm', 'diagonal-bilstm', 'gated-pixelcnn'])(
    'train %s on few levels, grey',
    async (name) => {
      const images = await photos(10);
      const { h, headWidth, ...rest } = small;
      const set = { ...rest, images, levels: 4, grey: true, samples: 0 };
      const options = { preset: 'smoke' as const, rows: [name], set, log: () => {} };
      const { table, failures } = await runExperiment(ownImages, {
        ...options,
        out: await temporaryFolder(),
      });
      expect(failures).toEqual([]);
      expect(table.rows.find((row) => row.name === name)!.label).toContain('8x8, grey, 4 levels');
    },
    300_000,
  );

  it('say what is wrong with them: damaged files by name, and that they can be left out', async () => {
    const images = await photos(12);
    await writeFile(join(images, 'broken one.jpg'), Buffer.from('no photo'));
    await writeFile(join(images, 'tiny.png'), await photo(4, 4, 0).png().toBuffer());
    const { failures } = await run({ images });
    expect(failures[0]?.message).toMatch(
      /^2 images cannot be used:\n.*broken one\.jpg.*\n.*tiny\.png.*4 x 4/,
    );
    expect(failures[0]?.message).toContain('--skip-bad');
    const without = await run({ images, skipBad: true, samples: 0 });
    expect(without.failures).toEqual([]);
    expect(without.table.rows[0]!.label).toContain('(2 unusable left out)');
  }, 300_000);

  it('say so where they are too few, or not there', async () => {
    const two = await run({ images: await photos(2) });
    expect(two.failures[0]?.message).toContain('should hold at least 3 images, to be split, but it holds 2');
    const few = await run({ images: await photos(4) });
    expect(few.failures[0]?.message).toContain(
      '2 training images do not fill a batch of 4: add images, or use --set batchSize=2',
    );
    const none = await run({ images: '/nowhere/at all' });
    expect(none.failures[0]?.message).toContain('/nowhere/at all should be a folder of images');
    await expect(run({ images: '' })).rejects.toThrow(/Settings of pixelcnn: .*images/s);
    await expect(run({ images: '/x', levels: 3 })).rejects.toThrow(/levels/);
  });

  it('are asked for by name, and are no part of all', async () => {
    expect(findExperiment('own')).toBe(ownImages);
    const told: string[] = [];
    await runAll({ preset: 'smoke', out: await temporaryFolder() }, ({ id }) => told.push(id), []);
    expect(told).toEqual([]);
  });
});

describe('the options of images', () => {
  it('become settings', async () => {
    const given = { images: await temporaryFolder(), size: 64, levels: 16, grey: true };
    expect(imageSettings('own', given)).toEqual(given);
    expect(imageSettings('table6', { skipBad: true })).toEqual({ skipBad: true });
    expect(imageSettings('own', { config: 'config.json' })).toEqual({});
  });

  it('belong to own, which needs a folder', () => {
    expect(() => imageSettings('own', {})).toThrow('own needs --images DIR');
    expect(() => imageSettings('own', { images: '/no/such' })).toThrow(
      '--images expects a folder, but there is none at /no/such: name another, or make it one.',
    );
    expect(() => imageSettings('table4', { grey: true })).toThrow('--grey belongs to own');
  });
});
