import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suiteFolder } from '@pixelrnn/files/testing';
import { generate, likelihood, occlusion } from '@pixelrnn/generation';
import { imageGrid } from '@pixelrnn/plots';
import { loadModel } from '@pixelrnn/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { readImages } from './imageFiles.js';
import { run, saveModel, shape, sizeOf } from './testing/commands.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = suiteFolder();
const at = (name: string) => join(folder, name);
const model = at('model');
beforeAll(() => saveModel(model));

describe('pnpm sample', () => {
  it('draws a grid, the order of drawing, and samples beside what they are compared with', async () => {
    const files = ['order.gif', 'beside.png', 'nearest.png'].map(at);
    const [order, beside, nearest] = files as [string, string, string];
    const { status, stdout, stderr } = await run(
      ...['sample', model, '--out', at('samples.png'), '--count', '5', '--seed', '3', '--json'],
      ...['--order', order, '--dataset', 'mnist-binarized-none'],
    );
    expect(stderr).toContain('Unknown dataset mnist-binarized-none: expected one of mnist, ');
    expect([status, stdout]).toEqual([2, '']);
    const drawn = await run(
      ...[
        'sample',
        model,
        '--out',
        at('samples.png'),
        '--count',
        '5',
        '--seed',
        '3',
        '--json',
        '--order',
        order,
      ],
    );
    expect(drawn.stderr).toBe('');
    expect(JSON.parse(drawn.stdout)).toMatchObject({
      ...{ model, count: 5, seed: 3, temperature: 1, guidance: 1, ...shape },
      files: [at('samples.png'), order],
    });
    expect(await sizeOf(at('samples.png'))).toEqual([3 * 58 + 2, 2 * 58 + 2, 1]);
    expect(await sizeOf(order)).toEqual([3 * 58 + 2, 2 * 58 + 2, 57]);
    const images = await generate(await loadModel(model), { count: 5, seed: 3 });
    expect(await readFile(at('samples.png'))).toEqual(await imageGrid({ ...shape, images, count: 5 }));
    const alone = await run('sample', model, '--out', at('x.png'), '--beside', beside, '--nearest', nearest);
    expect(alone.stderr).toBe('pnpm sample: --beside and --nearest need --dataset.\n');
    expect(alone.status).toBe(2);
  });

  it('writes a folder of PNGs, which come back', async () => {
    const out = at('folder');
    const { status, stdout } = await run(
      'sample',
      model,
      '--out',
      out,
      '--count',
      '11',
      '--temperature',
      '0.5',
    );
    expect(stdout).toMatch(/folder: 11 images in \d+\.\d s\n/);
    expect(status).toBe(0);
    expect((await readdir(out)).sort()[10]).toBe('10.png');
    const images = await generate(await loadModel(model), { count: 11, seed: 0, temperature: 0.5 });
    expect((await readImages(out, shape)).images).toEqual(images);
  });

  it.each([
    [['sample', '--out', 'x.png'], 2, "missing required argument 'model'"],
    [['sample', 'MODEL'], 2, "required option '--out <path>' not specified"],
    [['sample', 'MODEL', '--out', 'x.png', '--count', '0'], 2, 'Expected an integer from 1 to 100000'],
    [['sample', 'MODEL', '--out', 'x.png', '--temperature', 'warm'], 2, 'Expected a number above 0'],
    [['sample', 'MODEL', '--out', 'x.png', '--class', '3'], 2, 'this model has no condition'],
    [['sample', 'MODEL', '--out', 'x.png', '--guidance', '3'], 2, 'this model has no condition'],
    ...['sample', 'complete', 'compress'].map((name): [string[], number, string] => [
      [name, 'CLASSES', '--out', 'x.png'],
      2,
      'draws images of a class, from 0 to 9: give --class 3 for all images, or --class 0,1 for these in turn.',
    ]),
    [['sample', 'MODEL', '--out', 'x.png', '--dataset', 'mnist'], 2, 'with 256 levels, but the model'],
    ...['sample', 'complete', 'compress'].map((name): [string[], number, string] => [
      [name, 'AUTO', '--out', 'x.png'],
      1,
      'seed-0 is an auto-encoder, which has an image for a code: take viewsOf(model).decoder in a script',
    ]),
    [['decompress', 'AUTO', 'GREY', '--out', 'x.png'], 1, 'is an auto-encoder'],
    [['decompress', 'CLASSES', 'GREY', '--out', 'x.png'], 2, 'draws images of a class, from 0 to 9'],
    [['sample', 'nowhere', '--out', 'x.png'], 1, 'nowhere is not there: expected a run folder'],
    [['complete', 'MODEL', '--out', 'x.png'], 2, 'Expected either --images or --dataset'],
    [
      ['complete', 'MODEL', '--images', 'GREY', '--out', 'x.png'],
      1,
      '2 levels, black and white: convert it first',
    ],
    [
      ['complete', 'MODEL', '--images', 'GREY', '--out', 'x.png', '--missing', 'hat'],
      2,
      'Allowed choices are',
    ],
    [['complete', 'MODEL', '--images', 'none.png', '--out', 'x.png'], 1, 'none.png should be a PNG'],
    [['compress', 'MODEL', '--images', 'MODEL', '--out', 'x'], 1, 'holds no PNG'],
    [['compress', 'MODEL', '--images', 'SMALL', '--out', 'x'], 1, 'has 5x4 pixels, expected 28x28'],
    [['decompress', 'MODEL', 'GREY', '--out', 'x.png'], 1, 'This is no file of compressed images'],
    [
      ['decompress', 'MODEL', 'none', '--out', 'x.png'],
      1,
      'none should be a compressed file, but that gave ENOENT',
    ],
  ])('%j ends with %i and a sentence', async (args, code, message) => {
    const [grey, small] = [at('grey.png'), at('small.png')];
    const one = { count: 1, channels: 1, levels: 256, scale: 1, gap: 0 };
    await writeFile(
      grey,
      await imageGrid({ ...one, images: new Uint8Array(784).fill(9), height: 28, width: 28 }),
    );
    await writeFile(small, await imageGrid({ ...one, images: new Uint8Array(20), height: 4, width: 5 }));
    const results = join(root, 'results');
    const AUTO = join(results, 'autoencoder/runs/mse-10/seed-0');
    const CLASSES = join(results, 'conditional/runs/conditional/seed-0');
    const names: Record<string, string> = { MODEL: model, AUTO, CLASSES, GREY: grey, SMALL: small };
    const [command, ...rest] = args.map((arg) => names[arg] ?? arg) as [string, ...string[]];
    const { status, stderr } = await run(command, ...rest);
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(code);
  });
});

it.each(['sample', 'decompress'])('pnpm %s is a program', (name) => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--conditions=@pixelrnn/source', '--import', 'tsx', `scripts/${name}.ts`, '--help'],
    { cwd: root, encoding: 'utf8' },
  );
  expect(stdout).toContain(`Usage: pnpm ${name} [options] <model>`);
  expect(status).toBe(0);
});

describe('pnpm complete', () => {
  it('draws what is missing, several times', async () => {
    await run('sample', model, '--out', at('given'), '--count', '2');
    const out = at('completed');
    const { status, stdout } = await run(
      ...['complete', model, '--images', at('given'), '--out', out, '--each', '3', '--json', '--seed', '8'],
    );
    expect(JSON.parse(stdout)).toMatchObject({ images: 2, each: 3, seed: 8, files: [out] });
    expect(status).toBe(0);
    const given = await readImages(at('given'), shape);
    const completed = await readImages(out, shape);
    expect(completed.count).toBe(6);
    const known = occlusion('lowerHalf', 28, 28);
    completed.images.forEach((value, i) => {
      const [image, pixel] = [Math.floor(i / 784), i % 784];
      if (known[pixel]) expect(value).toBe(given.images[Math.floor(image / 3) * 784 + pixel]);
    });
    expect(completed.images.slice(0, 784)).not.toEqual(completed.images.slice(784, 2 * 784));
  });

  it('takes a mask', async () => {
    const known = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 < 20 ? 1 : 0));
    await writeFile(at('mask.png'), await imageGrid({ ...shape, images: known, count: 1, scale: 1, gap: 0 }));
    const args = ['--images', at('given'), '--known', at('mask.png'), '--out', at('masked'), '--seed', '9'];
    expect(await run('complete', model, ...args)).toMatchObject({ status: 0, stderr: '' });
    const [given, masked] = [await readImages(at('given'), shape), await readImages(at('masked'), shape)];
    masked.images.forEach((value, i) => {
      if (known[i % 784]) expect(value).toBe(given.images[i]);
    });
    expect(masked.images).not.toEqual(given.images);
  });
});

describe('pnpm compress and decompress', () => {
  it('give back the same PNG, from a file as long as the images are unlikely', async () => {
    const images = await generate(await loadModel(model), { count: 6, seed: 2 });
    const tiles = { ...shape, images, count: 6, columns: 3, scale: 1, gap: 0 };
    await writeFile(at('tiles.png'), await imageGrid(tiles));
    const [file, out] = [at('images.pxr'), at('back.png')];
    const { stdout } = await run('compress', model, '--images', at('tiles.png'), '--out', file, '--json');
    const { bytes, bitsPerDim, count } = JSON.parse(stdout);
    expect([bytes, count]).toEqual([(await readFile(file)).length, 6]);
    const { nats } = await likelihood(await loadModel(model), images);
    const bound = nats.reduce((sum, value) => sum + value, 0) / Math.LN2 / 8;
    expect(bytes).toBeLessThan(1.005 * bound + 64);
    expect(bitsPerDim).toBeCloseTo((8 * bytes) / (6 * 784), 10);
    expect(await run('decompress', model, file, '--out', out)).toMatchObject({ status: 0, stderr: '' });
    expect((await readImages(out, shape)).images).toEqual(images);

    const limited = (bytes: string) => run('decompress', model, file, '--out', out, '--max-bytes', bytes);
    expect(await limited('4703')).toMatchObject({
      status: 1,
      stderr:
        'pnpm decompress: The file claims 6 images, 4704 bytes, more than the 4703 bytes that are allowed: if you expect as many, allow more with maxBytes, of pnpm decompress with --max-bytes.\n',
    });
    expect(await limited('4704')).toMatchObject({ status: 0, stderr: '' });
    expect((await limited('0')).stderr).toContain('Expected an integer from 1 to 1099511627776.');

    await writeFile(file, (await readFile(file)).subarray(0, 70));
    const torn = await run('decompress', model, file, '--out', out);
    expect(torn.stderr).toMatch(
      /^pnpm decompress: The file is truncated: it should have \d+ bytes, but 70 came\.\n$/,
    );
    expect(torn.status).toBe(1);
  });
});
