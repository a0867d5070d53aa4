import { loadEngine } from '@pixelrnn/engine';
import { loadPretrained } from '@pixelrnn/experiments';
import { complete, compress, generate, likelihood, occlusion } from '@pixelrnn/generation';
import { claimedContext } from '@pixelrnn/layers';
import { planOf } from '@pixelrnn/models';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ServedSite, serveSite } from '../build/serveSite.js';
import { isDigitModel, runFolder, type SiteModel, sideBySide } from '../manifest.js';
import { browserPages, imagesOf, inkOf, said } from './browser.js';

const { open } = browserPages();
const { models } = inject('manifest');
const digitModels = sideBySide(models);
/** Those that draw in a short time: every seed, without the nine of Figure 4. */
const drawModels = models.filter(
  (model) => isDigitModel(model) && !model.name.startsWith('receptive-field/'),
);
let served: ServedSite;

beforeAll(async () => {
  await loadEngine({ quiet: true });
  served = await serveSite(inject('site'), 0);
});
afterAll(() => served.close());

/** The trained model itself, not the page's file of it. */
const trained = ({ name }: SiteModel) => loadPretrained(name);
const card = (section: string, { name }: SiteModel) => `#${section}-cards [data-model="${name}"]`;

test('there are models of digits to test', () => {
  expect(digitModels.length).toBeGreaterThan(0);
});

describe('draw', () => {
  test.each(drawModels)(
    '$label: the images of pnpm sample, to the bit, and their probabilities',
    async (model) => {
      const { page } = await open(served.address);
      await page.selectOption('#draw-pace', 'fast');
      await page.selectOption('#draw-model', model.name);
      await page.fill('#draw-seed', '41');
      await page.locator('#draw-temperature').evaluate((field: HTMLInputElement) => {
        field.value = '0.9';
      });
      await page.locator('#draw-seed').press('Tab'); // the seed's change draws
      await said(page, 'draw', /drew 16 images of seed 41/);
      const own = await trained(model);
      const condition = model.classes === null ? undefined : 0;
      const expected = await generate(own, { count: 16, seed: 41, temperature: 0.9, condition });
      own.dispose();
      expect(imagesOf(await inkOf(page, '#draw-images'), 16, 4)).toEqual(expected);
      expect(await page.textContent('#draw-command')).toContain(
        `pnpm sample ${runFolder(model)} --count 16 --seed 41 --temperature 0.9`,
      );
      const computed = /in ([\d.]+) s of computing/.exec((await page.textContent('#draw-status')) ?? '');
      console.log(`${model.label}: 16 digits in ${computed?.[1]} s of computing in the page`);
    },
  );

  test('each probability is the one before chance decided', async () => {
    const { page } = await open(served.address);
    await said(page, 'draw', /drew 16 images of seed 0/);
    const own = await trained(digitModels[0] as SiteModel);
    const images = await generate(own, { count: 16, seed: 0 });
    const { perPosition } = await likelihood(own, images);
    own.dispose();
    await page.focus('#draw-chances');
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
    for (let i = 0; i < 11; i++) await page.keyboard.press('ArrowDown');
    const at = 11 * 28 + 12;
    const chance = Math.exp(-(perPosition[at] as number));
    const ink = 100 * (images[at] ? chance : 1 - chance);
    const readout = await page.textContent('#draw-readout');
    expect(readout).toContain('Image 1, row 12, column 13: ink had');
    expect(Number(/had ([\d.]+) %/.exec(readout ?? '')?.[1])).toBeCloseTo(ink, 0);
    expect(readout).toContain(`drawn: ${images[at] ? 'ink' : 'blank'}`);
  });

  test('row by row, pixel by pixel, and stopped', async () => {
    const { page } = await open(served.address);
    await page.selectOption('#draw-pace', 'pixel');
    // In the page itself: a busy machine may draw to the end before a click comes from here.
    await page.evaluate(async () => {
      const press = (id: string) => (document.querySelector(id) as HTMLButtonElement).click();
      const progress = document.querySelector('#draw-progress') as HTMLProgressElement;
      press('#draw-next');
      progress.value = 0;
      while (progress.value === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      press('#draw-start');
    });
    await said(page, 'draw', /Stopped/);
    const value = () => page.locator('#draw-progress').evaluate((bar: HTMLProgressElement) => bar.value);
    const stopped = await value();
    expect(stopped).toBeLessThan(1);
    await page.waitForTimeout(200);
    expect(await value()).toBe(stopped);
  });
});

describe('finish', () => {
  test('what is painted stays, and every model finishes it as pnpm complete does', async () => {
    const { page } = await open(served.address);
    await page.locator('#finish').scrollIntoViewIfNeeded();
    await said(page, 'finish', /Finished 4 times/);
    await page.click('#finish-clear');
    await page.selectOption('#finish-tool', 'fine');
    const box = (await page.locator('#finish-canvas').boundingBox())!;
    const at = (row: number, column: number) =>
      [box.x + ((column + 0.5) * box.width) / 28, box.y + ((row + 0.5) * box.height) / 28] as const;
    await page.mouse.move(...at(6, 9));
    await page.mouse.down();
    await page.mouse.move(...at(6, 17), { steps: 40 });
    await page.mouse.move(...at(20, 17), { steps: 60 }); // beyond the half: not painted
    await page.mouse.up();
    const image = new Uint8Array(784);
    for (let column = 9; column <= 17; column++) image[6 * 28 + column] = 1;
    for (let row = 6; row < 14; row++) image[row * 28 + 17] = 1;
    // By keys: the place under the pointer is where they begin.
    await page.focus('#finish-canvas');
    for (let i = 0; i < 17; i++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    expect(await page.textContent('#finish-cursor')).toBe('row 4, column 17: ink');
    image[3 * 28 + 16] = 1;
    await page.fill('#finish-seed', '9');
    await page.locator('#finish-seed').press('Tab');
    await said(page, 'finish', /Finished 4 times by each of \d+ models, seed 9/);
    const images = Uint8Array.from({ length: 4 * 784 }, (_, i) => image[i % 784]!);
    const known = occlusion('lowerHalf', 28, 28);
    for (const model of digitModels) {
      const own = await trained(model);
      const condition = model.classes === null ? {} : { condition: 0 };
      const expected = await complete(own, { images, known, seed: 9, ...condition });
      own.dispose();
      expect(imagesOf(await inkOf(page, `${card('finish', model)} canvas`), 4, 4)).toEqual(expected);
    }
  });

  test('fingers paint too', async () => {
    const { page } = await open(served.address, { hasTouch: true, viewport: { width: 390, height: 800 } });
    await page.locator('#finish').scrollIntoViewIfNeeded();
    await said(page, 'finish', /Finished 4 times/);
    await page.click('#finish-clear');
    const ink = async () => (await inkOf(page, '#finish-canvas')).flat().reduce((sum, one) => sum + one, 0);
    const before = await ink();
    await page.locator('#finish-canvas').tap({ position: { x: 100, y: 60 } });
    expect(await ink()).toBeGreaterThan(before);
  });
});

describe('look', () => {
  test('a pixel that is clicked: what each model can read, and what it predicts', async () => {
    const { page } = await open(served.address);
    await page.locator('#look').scrollIntoViewIfNeeded();
    await said(page, 'look', /At row/);
    const canvas = page.locator('#look-canvas');
    const side = (await canvas.boundingBox())!.width;
    await canvas.click({ position: { x: (10.5 * side) / 28, y: (16.5 * side) / 28 } });
    await said(page, 'look', /At row 17, column 11/);
    for (const model of digitModels) {
      const own = await trained(model);
      const context = claimedContext(planOf(own), { row: 16, column: 10, color: 0 });
      const inputs = context.reduce((sum, one) => sum + one, 0);
      own.dispose();
      const text = await page.textContent(`${card('look', model)} .count`);
      expect(text).toBe(`can read ${inputs} of ${16 * 28 + 10} earlier pixels`);
      const values = await page.locator(`${card('look', model)} .value`).allTextContents();
      expect(values.map(Number.parseFloat).reduce((sum, one) => sum + one, 0)).toBeCloseTo(100, 0);
    }
    await page.focus('#look-canvas');
    await page.keyboard.press('ArrowDown');
    await said(page, 'look', /At row 18, column 11/);
  });
});

describe('weigh', () => {
  test('an image that is chosen: bits, likelihood, the bytes of compress, and a PNG', async () => {
    const { page } = await open(served.address);
    const image = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 === 14 && i > 150 && i < 600 ? 1 : 0));
    const png = encode({ width: 28, height: 28, channels: 1, data: image.map((ink) => 255 * ink) });
    await page.setInputFiles('#weigh-file', {
      name: 'one.png',
      mimeType: 'image/png',
      buffer: Buffer.from(png),
    });
    await said(page, 'weigh', /As a PNG of one bit a pixel it has \d+ bytes/);
    expect((await inkOf(page, '#weigh-canvas')).flat()).toEqual(Array.from(image));
    for (const model of digitModels) {
      const own = await trained(model);
      const condition = model.classes === null ? {} : { condition: 0 };
      const { nats } = await likelihood(own, image, condition);
      const file = await compress(own, image, condition);
      own.dispose();
      const shown = await page.textContent(`${card('weigh', model)} [data-nats]`);
      expect(Number.parseFloat(shown ?? '')).toBeCloseTo(nats[0] as number, 1);
      const link = page.locator(`${card('weigh', model)} [data-bytes] a`);
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      const parts: Buffer[] = [];
      for await (const part of await download.createReadStream()) parts.push(part as Buffer);
      expect(new Uint8Array(Buffer.concat(parts))).toEqual(new Uint8Array(file));
    }
  });

  test('a file that is no image gives a sentence', async () => {
    const { page } = await open(served.address);
    await page.setInputFiles('#weigh-file', {
      name: 'a.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('no'),
    });
    await said(page, 'weigh', /This did not work: this file is no image that the browser reads/);
  });
});

test('masks are drawn for the kernel and the colours chosen', async () => {
  const { page } = await open(served.address);
  const kept = (type: string) => page.locator(`#mask-${type} .kept`).count();
  await page.selectOption('#masks-size', '3');
  await page.selectOption('#masks-colors', '1');
  expect([await kept('A'), await kept('B')]).toEqual([4, 5]);
  expect(await page.textContent('#mask-A-caption')).toBe('Mask A: 4 of 9 weights are kept');
  await page.selectOption('#masks-colors', '3');
  // 4 whole taps; of the 9 pairs of colours in the middle 3 (A) and 6 (B).
  expect([await kept('A'), await kept('B')]).toEqual([7, 10]);
  expect(await page.textContent('#mask-B-caption')).toBe('Mask B: 42 of 81 weights are kept');
});
