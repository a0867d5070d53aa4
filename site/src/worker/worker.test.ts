import { loadEngine } from '@pixelrnn/engine';
import { complete, compress, decompress, generate, likelihood, occlusion } from '@pixelrnn/generation';
import { decodePlan, encodePlan } from '@pixelrnn/kernels/plan';
import { gatedPixelCNN, pixelCNN, pixelRNN, planOf } from '@pixelrnn/models';
import crc32 from 'crc-32';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { draw } from './draw.js';
import { openModel } from './openModels.js';
import type { Drawing, DrawQuestion } from './protocol.js';
import { smallPng } from './smallPng.js';
import { probabilities, weigh } from './weigh.js';

const size = { height: 6, width: 7, headWidth: 5 };
const pixels = size.height * size.width;
const models = {
  binary: () =>
    pixelRNN({ ...size, colors: 1, levels: 2, cell: 'diagonal', layers: 1, h: 3, firstKernel: 3, seed: 1 }),
  colours: () => pixelCNN({ ...size, colors: 3, levels: 5, blocks: 1, h: 6, firstKernel: 3, seed: 2 }),
  classes: () =>
    gatedPixelCNN({
      ...size,
      colors: 1,
      levels: 2,
      layers: 1,
      filters: 4,
      firstKernel: 3,
      seed: 3,
      conditionSize: 4,
    }),
};
const files = new Map<string, Uint8Array>();
const fileOf = (name: keyof typeof models) => files.get(name) as Uint8Array;
const planNamed = (name: keyof typeof models) => decodePlan(fileOf(name));
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const checksum = (bytes: Uint8Array) => crc32.buf(bytes) >>> 0;

beforeAll(async () => {
  await loadEngine({ quiet: true });
  for (const [name, build] of Object.entries(models)) {
    const file = encodePlan(planOf(build()));
    files.set(name, file);
    await openModel(name, base64(file), checksum(file));
  }
});

const question = (model: string, options: Partial<DrawQuestion> = {}): DrawQuestion => ({
  ...{ kind: 'draw', model, seed: 5, count: 3, temperature: 1, classIndex: null, given: null },
  pace: { pixels: 4, milliseconds: 0 },
  ...options,
});
const always = () => true;

describe('draw', () => {
  test.each(['binary', 'colours'] as const)('%s: the images of generate, whatever the pace', async (name) => {
    const expected = await generate(planNamed(name), { count: 3, seed: 5, temperature: 0.8 });
    for (const pixels of [1, 1000]) {
      const asked = question(name, { temperature: 0.8, pace: { pixels, milliseconds: 0 } });
      expect((await draw(asked, () => {}, always))?.intensities).toEqual(expected);
    }
  });

  test('a class, and known pixels: those of generate and complete', async () => {
    const asked = question('classes', { classIndex: 2 });
    const drawn = await draw(asked, () => {}, always);
    expect(drawn?.intensities).toEqual(
      await generate(planNamed('classes'), { count: 3, seed: 5, condition: 2 }),
    );
    const known = occlusion('lowerHalf', size.height, size.width);
    const image = Uint8Array.from({ length: pixels }, (_, i) => i % 2);
    const images = Uint8Array.from({ length: 3 * pixels }, (_, i) => (i % pixels) % 2);
    const completed = await draw(question('binary', { given: { known, image } }), () => {}, always);
    expect(completed?.intensities).toEqual(await complete(planNamed('binary'), { images, known, seed: 5 }));
  });

  test('probabilities are those of what was drawn, and come with it', async () => {
    const told: Drawing[] = [];
    const last = (await draw(
      question('binary', { count: 1 }),
      (drawing) => told.push(drawing),
      always,
    )) as Drawing;
    const { perPosition } = await likelihood(planNamed('binary'), last.intensities);
    for (const [i, chance] of last.probabilities.entries()) {
      expect(chance).toBeCloseTo(Math.exp(-(perPosition[i] as number)), 5);
      const ink = last.ink?.[i] as number;
      expect(last.intensities[i] ? ink : 1 - ink).toBeCloseTo(chance, 5);
    }
    expect(told.map(({ position }) => position)).toEqual([4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
    expect(told[0]?.probabilities.subarray(4)).toEqual(new Float32Array(pixels - 4));
  });

  test('ends once it is not wanted', async () => {
    let told = 0;
    expect(
      await draw(
        question('binary'),
        () => told++,
        () => told < 2,
      ),
    ).toBeNull();
    expect(told).toBe(2);
  });
});

describe('weigh', () => {
  test('the likelihood of generation, and the file of compress, which decompress reads', async () => {
    const plan = planNamed('colours');
    const image = await generate(plan, { count: 1, seed: 2 });
    const { nats, file, header } = await weigh('colours', image, null);
    expect(nats).toEqual((await likelihood(plan, image, { build: 'wasm' })).perPosition);
    expect(file).toEqual(await compress(plan, image));
    expect(header).toBe(52);
    expect((await decompress(plan, file as Uint8Array)).images).toEqual(image);
  });

  test.each(['binary', 'colours'] as const)(
    '%s: probabilities add up to 1 and give the likelihood',
    async (name) => {
      const plan = planNamed(name);
      const image = await generate(plan, { count: 1, seed: 3 });
      const all = probabilities(name, image, null);
      const { perPosition } = await likelihood(plan, image);
      for (const [i, value] of image.entries()) {
        const own = all.subarray(i * plan.levels, (i + 1) * plan.levels);
        expect(own.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 5);
        expect(-Math.log(own[value] as number)).toBeCloseTo(perPosition[i] as number, 4);
      }
    },
  );

  test('a PNG of one bit a pixel holds the image', () => {
    const image = Uint8Array.from({ length: 4 * 11 }, (_, i) => (i * i) % 2);
    const { data, depth, width, height } = decode(smallPng(image, { height: 4, width: 11 }));
    expect([depth, width, height]).toEqual([1, 11, 4]);
    const bits = Array.from(image, (_, i) => {
      const [row, column] = [Math.floor(i / 11), i % 11];
      return ((data[2 * row + (column >> 3)] as number) >> (7 - (column & 7))) & 1;
    });
    expect(bits).toEqual(Array.from(image));
  });
});

describe('weights that are damaged', () => {
  test.each([
    [
      'a changed byte',
      (file: Uint8Array) => base64(file.with(100, (file[100] as number) ^ 1)),
      /checksum is [0-9a-f]+, but [0-9a-f]+ was expected/,
    ],
    ['a file cut short', (file: Uint8Array) => base64(file.subarray(0, 500)), /checksum is/],
    ['another text', () => '%%%', /no base64 any more/],
  ])('%s is said', async (_, damage, message) => {
    const file = fileOf('binary');
    await expect(openModel('damaged', damage(file), checksum(file))).rejects.toThrow(message);
  });
});
