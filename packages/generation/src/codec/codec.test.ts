import { loadEngine } from '@pixelrnn/engine';
import { decodePlan, encodePlan } from '@pixelrnn/kernels/plan';
import { pixelCNN, pixelRNN, planOf } from '@pixelrnn/models';
import { Random } from '@pixelrnn/random';
import type * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../generate.js';
import { perImage } from '../imageShape.js';
import { imageShapeOf } from '../imageShapeOf.js';
import { likelihood } from '../likelihood.js';
import { kinds, noisyImages, twoScales, undescribed, withRandomWeights } from '../testing/models.js';
import { checksum, hex } from './checksum.js';
import { compress } from './compress.js';
import { compressPlan } from './compressPlan.js';
import { headerBytes, readContainer, writeContainer } from './container.js';
import { decompress } from './decompress.js';
import { inspectCompressed } from './inspectCompressed.js';

beforeAll(() => loadEngine({ quiet: true }));

const build = (kind: string, distribution?: 'uniform') =>
  withRandomWeights((kinds[kind] as () => tf.LayersModel)(), 1, 0.4, distribution);
const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
const errors = ['format', 'truncated', 'trailing', 'damaged', 'other-model', 'too-large'];

/** Images that an adversary would choose, or nobody: by name, of any shape. */
const patterns: Record<string, (length: number, levels: number, seed: number) => Uint8Array> = {
  noise: noisyImages,
  black: (length) => new Uint8Array(length),
  white: (length, levels) => new Uint8Array(length).fill(levels - 1),
  stripes: (length, levels) => Uint8Array.from({ length }, (_, i) => (i % 2) * (levels - 1)),
  ramp: (length, levels) => Uint8Array.from({ length }, (_, i) => i % levels),
  sparse: (length, levels, seed) => {
    const random = new Random(seed);
    return Uint8Array.from({ length }, () => (random.uniform() < 0.02 ? levels - 1 : 0));
  },
};

const cases = fc.record({
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.constantFrom(35, 70)),
  colors: fc.constantFrom(1, 3),
  levels: fc.oneof(fc.constantFrom(2, 256), fc.integer({ min: 2, max: 256 })),
  cell: fc.constantFrom('pixelcnn', 'row', 'diagonal'),
  pattern: fc.constantFrom(...Object.keys(patterns)),
  count: fc.integer({ min: 1, max: 19 }),
  scale: fc.constantFrom(0.05, 0.4, 3),
  seed: fc.nat(1000),
});

describe('compress and decompress', () => {
  it('give back any images of any shape, in as many bits as they are unlikely', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ cell, pattern, count, scale, seed, ...size }) => {
        const common = { ...size, h: 3, headWidth: 4, firstKernel: 3, seed };
        const model = withRandomWeights(
          cell === 'pixelcnn'
            ? pixelCNN({ ...common, blocks: 1 })
            : pixelRNN({ ...common, cell: cell as 'row' | 'diagonal', layers: 1 }),
          seed,
          scale,
        );
        try {
          const length = count * size.height * size.width * size.colors;
          const images = (patterns[pattern] as (typeof patterns)[string])(length, size.levels, seed);
          const file = await compress(model, images);
          const decoded = await decompress(model, file);
          expect(decoded.images).toEqual(images);
          expect(decoded.count).toBe(count);
          // Very unlikely levels cost less than by their probability: 22 bits at most.
          const bound = total((await likelihood(model, images)).nats) / Math.LN2 / 8;
          expect(file.length).toBeLessThanOrEqual(1.005 * bound + 64);
        } finally {
          model.dispose();
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each(Object.keys(kinds))('keep to 0.5 % and 64 bytes of the likelihood: %s', async (kind) => {
    const model = build(kind);
    const count = 400;
    const images = await generate(model, { count, seed: 3 });
    const file = await compress(model, images);
    const bound = total((await likelihood(model, images)).nats) / Math.LN2 / 8;
    expect(file.length).toBeLessThanOrEqual(1.005 * bound + 64);
    expect(file.length).toBeGreaterThan(0.999 * bound + headerBytes - 1);
    expect((await decompress(model, file)).images).toEqual(images);
  });

  it('work on two scales, in groups, and on a plan', async () => {
    for (const [colors, levels] of [
      [1, 2],
      [3, 5],
    ]) {
      const model = twoScales(colors, levels);
      const images = noisyImages(9 * 24 * (colors as number), levels as number);
      const file = await compress(model, images);
      expect((await decompress(model, file)).images).toEqual(images);
      const bound = total((await likelihood(model, images)).nats) / Math.LN2 / 8;
      expect(file.length).toBeLessThanOrEqual(1.005 * bound + 64);
    }
    const tiny = withRandomWeights(
      pixelCNN({ height: 8, width: 8, colors: 1, levels: 2, blocks: 0, h: 1, headWidth: 1, firstKernel: 3 }),
    );
    const many = noisyImages(9000 * 64, 2);
    const file = await compress(tiny, many); // two groups of 4096 images and what is left
    expect(Buffer.compare(await compress(planOf(tiny), many), file)).toBe(0);
    const fromFile = decodePlan(encodePlan(planOf(tiny)));
    expect(Buffer.compare((await decompress(fromFile, file)).images, many)).toBe(0); // toEqual takes seconds
    expect(await inspectCompressed(file)).toEqual({
      height: 8,
      width: 8,
      channels: 1,
      levels: 2,
      count: 9000,
    });
  });

  it('refuse the large network of two scales alone, which codes no pixel of the small image', async () => {
    const model = twoScales();
    const images = noisyImages(2 * 24, 2);
    const file = await compress(model, images);
    const [large, plan] = [model.conditional, planOf(model.conditional)];
    const calls: (() => Promise<unknown>)[] = [
      () => compress(large, images),
      () => compress(plan, images),
      () => compressPlan(plan, images),
      () => decompress(large, file),
      () => decompress(plan, file),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'model',
        message:
          'Compression does not code the pixels that this model is given, one of every 2 x 2: give the multi-scale model as a whole.',
      });
    }
  });

  it('report their progress up to the end, and are interruptible', async () => {
    const model = twoScales();
    const images = noisyImages(3 * 24, 2);
    const done: number[] = [];
    await compress(model, images, {
      onProgress: (progress) => void done.push(progress.done / progress.total),
    });
    expect(done.at(-1)).toBe(1);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(compress(model, images, { signal })).rejects.toThrow('enough');
    const file = await compress(model, images);
    await expect(decompress(model, file, { signal })).rejects.toThrow('enough');
  });

  it('say which layer cannot be coded, and refuse other options', async () => {
    await expect(compress(undescribed(), new Uint8Array(30))).rejects.toMatchObject({ code: 'model' });
    await expect(compress(undescribed(), new Uint8Array(30))).rejects.toThrow(
      "Compression needs a plan of the model, but plan: layer 'doubling' (TestDoubling)",
    );
    const model = build('PixelCNN, 2 levels');
    await expect(compress(model, new Uint8Array(29))).rejects.toMatchObject({ code: 'usage' });
    const native = { build: 'native' } as never;
    await expect(compress(model, new Uint8Array(30), native)).rejects.toMatchObject({ code: 'usage' });
  });
});

/** The bytes of a file, whatever machine, Node and processor: another digest is another version of the format. */
it('compress gives the same bytes everywhere', async () => {
  const digests: string[] = [];
  for (const kind of Object.keys(kinds)) {
    const model = build(kind, 'uniform');
    const images = noisyImages(20 * perImage(imageShapeOf(model)), imageShapeOf(model).levels);
    digests.push(hex(await checksum(await compress(model, images))));
  }
  expect(digests).toEqual([
    'd032034e3a457769',
    '156921049a90f783',
    'f13b9617584a69e2',
    '0383174c58d471ba',
    '98d5d508b5259279',
    'd718bff0b624234f',
    '19e3e22f33b5956b',
    '8aed597d75702a4b',
    '5ff811fa8c11a5d5',
  ]);
});

describe('decompress', () => {
  const model = () => build('Row LSTM, 3 colours, skip');

  it('refuses a file of another model, and names both checksums', async () => {
    const own = model();
    const images = noisyImages(2 * perImage(imageShapeOf(own)), 5);
    const file = await compress(own, images);
    const other = withRandomWeights((kinds['Row LSTM, 3 colours, skip'] as () => tf.LayersModel)(), 2);
    await expect(decompress(other, file)).rejects.toMatchObject({ code: 'other-model' });
    await expect(decompress(other, file)).rejects.toThrow(
      /its checksum is [0-9a-f]{16}, this one's [0-9a-f]{16}/,
    );
    await expect(decompress(build('PixelCNN, 2 levels'), file)).rejects.toThrow(
      "The file holds images of 5x6x3, 5 levels, but this model's have 5x6x1, 2 levels",
    );
  });

  it('refuses every flipped bit, every length, and what follows', async () => {
    const own = model();
    const images = noisyImages(perImage(imageShapeOf(own)), 5);
    const file = await compress(own, images);
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const damaged = file.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const code = bit < 72 ? 'format' : 'damaged';
      await expect(decompress(own, damaged), `bit ${bit}`).rejects.toMatchObject({ code });
    }
    for (let length = 0; length < file.length; length++) {
      await expect(decompress(own, file.slice(0, length))).rejects.toMatchObject({ code: 'truncated' });
    }
    const longer = Uint8Array.from([...file, 0]);
    await expect(decompress(own, longer)).rejects.toMatchObject({ code: 'trailing' });
  });

  it.each([undefined, null, 'images.pxr', new ArrayBuffer(60)])('refuses %o as a file', async (file) => {
    for (const call of [() => decompress(model(), file as never), () => inspectCompressed(file as never)]) {
      await expect(call()).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('Expected the bytes of a compressed file as a Uint8Array, but '),
      });
    }
  });

  it('believes no claim, even where all checksums of the file are right', async () => {
    const own = model();
    const shape = imageShapeOf(own);
    const images = noisyImages(3 * perImage(shape), 5);
    const whole = await readContainer(await compress(own, images));
    const forged = (changes: object) =>
      writeContainer({ ...whole, ...changes }).then((file) => decompress(own, file));
    await expect(forged({ count: 4_000_000_000 })).rejects.toMatchObject({ code: 'too-large' });
    await expect(forged({ count: 4_000_000_000 })).rejects.toThrow(
      'The file claims 4000000000 images, 360000000000 bytes, more than the 268435456 bytes that are allowed',
    );
    await expect(forged({ count: 0 })).rejects.toMatchObject({ code: 'too-large' });
    await expect(forged({ count: 0 })).rejects.toThrow('The file claims no image: compress it again');
    await expect(forged({ shape: { ...shape, height: 60_000 } })).rejects.toMatchObject({
      code: 'other-model',
    });
    await expect(forged({ count: 2 })).rejects.toMatchObject({ code: 'damaged' });
    await expect(forged({ count: 4 })).rejects.toMatchObject({ code: 'damaged' });
    await expect(forged({ count: 9_000 })).rejects.toMatchObject({ code: 'damaged' }); // more groups than there are
    const payload = whole.payload.map((byte) => byte ^ 90);
    await expect(forged({ payload })).rejects.toMatchObject({ code: 'damaged' });
    const longer = Uint8Array.from([...whole.payload, ...new Uint8Array(40).fill(7)]);
    await expect(forged({ payload: longer })).rejects.toMatchObject({ code: 'damaged' });
    await expect(forged({ payload: new Uint8Array(0) })).rejects.toMatchObject({ code: 'damaged' });
    await expect(forged({ images: await checksum(Uint8Array.of(1)) })).rejects.toThrow(
      'The file decodes to images of the checksum',
    );
    const file = await writeContainer(whole);
    await expect(decompress(own, file, { maxBytes: 200 })).rejects.toMatchObject({ code: 'too-large' });
    expect((await decompress(own, file, { maxBytes: 270 })).images).toEqual(images);
  });

  // The slow suite sets PIXELRNN_FUZZ to 10,000 files, and runs this file on other Nodes.
  it('of a damaged file, its checksums made right again, gives an error or the very images', async () => {
    const own = planOf(model());
    const images = noisyImages(2 * perImage(imageShapeOf(own)), 5);
    const file = await compress(own, images);
    const whole = await readContainer(file);
    const change = fc.record({ at: fc.nat(1e6), byte: fc.nat(255), cut: fc.nat(8) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (changes, repaired) => {
          let bytes = repaired ? whole.payload.slice() : file.slice();
          for (const { at, byte, cut } of changes) {
            bytes[at % bytes.length] = byte;
            if (cut === 0) bytes = bytes.slice(0, Math.max(1, bytes.length - 3));
            if (cut === 1) bytes = Uint8Array.from([...bytes, byte]);
          }
          const damaged = repaired ? await writeContainer({ ...whole, payload: bytes }) : bytes;
          const outcome = await decompress(own, damaged).catch((error) => error);
          if (outcome instanceof Error) expect(errors).toContain((outcome as { code?: string }).code);
          else expect(outcome.images).toEqual(images);
        },
      ),
      { numRuns: Number(process.env.PIXELRNN_FUZZ ?? 50) },
    );
  }, 1_800_000);
});
