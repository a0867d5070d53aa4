import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '@pixelrnn/engine';
import { generate, likelihood, occlusion } from '@pixelrnn/generation';
import { pixelCNN } from '@pixelrnn/models';
import { imageGrid } from '@pixelrnn/plots';
import { loadModel } from '@pixelrnn/training';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { execute } from './command.js';
import { completeCommand } from './completeCommand.js';
import { compressCommand } from './compressCommand.js';
import { decompressCommand } from './decompressCommand.js';
import { readImages } from './imageFiles.js';
import { sampleCommand } from './sampleCommand.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let model: string;
const shape = { height: 28, width: 28, channels: 1, levels: 2 };

/** A saved model, as small as they come, of the size of MNIST. */
beforeAll(async () => {
  await loadEngine({ quiet: true });
  folder = await mkdtemp(join(tmpdir(), 'pixelrnn-generation-cli-'));
  model = join(folder, 'model');
  await mkdir(model);
  const size = { height: 28, width: 28, colors: 1, levels: 2 };
  const built = pixelCNN({ ...size, blocks: 1, h: 3, headWidth: 4, seed: 1 });
  await built.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await writeFile(join(model, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
      await writeFile(join(model, 'weights.bin'), new Uint8Array(weightData as ArrayBuffer));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const commands = { sampleCommand, completeCommand, compressCommand, decompressCommand };

/** Runs a command in this process. */
async function run(name: string, ...args: string[]) {
  const printed = { stdout: '', stderr: '' };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line) => {
      printed.stdout += `${line}\n`;
    }),
    vi.spyOn(console, 'error').mockImplementation((line) => {
      printed.stderr += `${line}\n`;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      printed.stderr += text;
      return true;
    }),
  ];
  try {
    const build = commands[`${name}Command` as keyof typeof commands];
    return { status: await execute(name, build(new AbortController().signal), args), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const at = (name: string) => join(folder, name);
const sizeOf = async (path: string) => {
  const { width, height, pages = 1 } = await sharp(path, { animated: true }).metadata();
  return [width, height / pages, pages];
};

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
    [['sample', 'MODEL', '--out', 'x.png', '--dataset', 'mnist'], 2, 'with 256 levels, but the model'],
    [['sample', 'nowhere', '--out', 'x.png'], 1, 'nowhere is not there: expected a run folder'],
    [
      ['sample', 'MODEL', '--count', '1', '--out', 'no/x.png'],
      1,
      'no/x.png should be written, but that gave ENOENT',
    ],
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
    const names: Record<string, string> = { MODEL: model, GREY: grey, SMALL: small };
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

    await writeFile(file, (await readFile(file)).subarray(0, 70));
    const torn = await run('decompress', model, file, '--out', out);
    expect(torn.stderr).toMatch(
      /^pnpm decompress: The file is truncated: it should have \d+ bytes, but 70 came\.\n$/,
    );
    expect(torn.status).toBe(1);
  });
});
