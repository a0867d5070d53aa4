import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ServedSite, serveSite } from '../build/serveSite.js';
import { type SiteModel, sideBySide } from '../manifest.js';
import { browserPages, said } from './browser.js';

// What the page says of what it shows, and of what failed.
const { open } = browserPages();
const folder = inject('site');
const manifest = inject('manifest');
const digitModels = sideBySide(manifest.models);
const conditional = digitModels.find(({ classes }) => classes !== null) as SiteModel;
let served: ServedSite;

beforeAll(async () => {
  served = await serveSite(folder, 0);
});
afterAll(() => served.close());

const card = (section: string, { name }: SiteModel) => `#${section}-cards [data-model="${name}"]`;

async function shown(page: Page, section: string): Promise<void> {
  await page.locator(`#${section}`).scrollIntoViewIfNeeded();
  await said(page, section, /drew 16|Finished|At row|As a PNG/);
}

describe('the class that a model is told', () => {
  test('is that of the digit shown, and every sentence names it', async () => {
    const { page } = await open(served.address);
    await shown(page, 'weigh');
    expect(await page.inputValue(`${card('weigh', conditional)} select`)).toBe('2');
    const told = new RegExp(`${conditional.label} \\(told class 2\\) ([\\d.]+) nats`);
    const right = Number(told.exec((await page.textContent('#weigh-status')) ?? '')?.[1]);
    await page.selectOption(`${card('weigh', conditional)} select`, '0');
    await said(page, 'weigh', /told class 0/);
    const nats = await page.textContent(`${card('weigh', conditional)} [data-nats]`);
    expect(right).toBeLessThan(Number.parseFloat(nats ?? ''));
    await shown(page, 'finish');
    expect(await page.inputValue(`${card('finish', conditional)} select`)).toBe('0');
    await page.click('#finish-digit');
    await said(page, 'finish', /Finished/);
    expect(await page.inputValue(`${card('finish', conditional)} select`)).toBe('1');
  });

  test('can be chosen where one pixel is looked at', async () => {
    const { page } = await open(served.address);
    await shown(page, 'look');
    await said(page, 'look', new RegExp(`${conditional.label} \\(told class 0\\)`));
    const values = () => page.locator(`${card('look', conditional)} .value`).allTextContents();
    const before = await values();
    await page.selectOption(`${card('look', conditional)} select`, '1');
    await said(page, 'look', new RegExp(`${conditional.label} \\(told class 1\\)`));
    expect(await values()).not.toEqual(before);
  });
});

test.each(['finish', 'look', 'weigh'])('%s: a card says what its model learned', async (section) => {
  const { page } = await open(served.address);
  for (const model of digitModels) {
    const text = (await page.textContent(`${card(section, model)} .learned`)) ?? '';
    expect(text).toContain(model.title.split(':')[0]);
    expect(text).toMatch(/binarized MNIST \((fixed|seeded binarization)\), [\d,]+ images/);
  }
});

describe('colours', () => {
  const colored = manifest.models.find(
    ({ colors, classes }) => colors === 3 && classes !== null,
  ) as SiteModel;

  test('have named classes, a scale, and a reading of each; nothing is left of the model before', async () => {
    const { page } = await open(served.address);
    await shown(page, 'draw');
    expect(await page.textContent('#draw-scale')).toMatch(/0 to 100 %/);
    await page.hover('#draw-images', { position: { x: 30, y: 30 } });
    expect(await page.textContent('#draw-readout')).toContain('ink had');
    // In the page itself, before the first rows come.
    const [progress, readout, label] = await page.evaluate((name) => {
      const select = document.querySelector('#draw-model') as HTMLSelectElement;
      select.value = name;
      select.dispatchEvent(new Event('change'));
      return [
        (document.querySelector('#draw-progress') as HTMLProgressElement).value,
        document.querySelector('#draw-readout')?.textContent,
        document.querySelector('#draw-images')?.getAttribute('aria-label'),
      ] as const;
    }, colored.name);
    expect(progress).toBe(0);
    expect(readout).toContain('Point at a pixel');
    expect(label).toContain(colored.label);
    const classes = await page.locator('#draw-class option').allTextContents();
    expect([classes[0], classes[9]]).toEqual(['airplane', 'truck']);
    await page.selectOption('#draw-class', { label: 'truck' });
    await said(page, 'draw', new RegExp(`${colored.label} drew 16 images`));
    expect(await page.textContent('#draw-command')).toContain('--class 9');
    expect(await page.textContent('#draw-scale')).toMatch(/0 to 8 or more bits/);
    await page.focus('#draw-chances');
    await page.keyboard.press('ArrowRight');
    expect(await page.textContent('#draw-readout')).toMatch(
      /red \d+ had [\d.]+ %, green \d+ had [\d.]+ %, blue \d+ had [\d.]+ %/,
    );
  });

  test('a mixture is said to take longer', async () => {
    const { page } = await open(served.address);
    await page.selectOption('#draw-model', {
      label: (await page.locator('option', { hasText: 'MCGSM' }).textContent()) ?? '',
    });
    await said(page, 'draw', /MCGSM draws 16 images\. A mixture takes several times longer/);
  });
});

describe('a machine that lacks something', () => {
  const lacking: [string, string, RegExp][] = [
    ['WebAssembly', 'delete self.WebAssembly;', /this browser has no WebAssembly with SIMD/],
    [
      'SIMD',
      "WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError('Wasm SIMD unsupported @+100'));",
      /this browser has no WebAssembly with SIMD/,
    ],
    [
      'memory',
      "WebAssembly.Memory.prototype.grow = () => { throw new RangeError('no') };",
      /this browser gives the page too little memory/,
    ],
  ];
  test.each(lacking)('%s: a sentence beside the button, in every section', async (_, code, sentence) => {
    const own = join(await temporaryFolder(), 'site');
    await cp(folder, own, { recursive: true });
    const path = join(own, manifest.worker.script);
    const start = 'pixelrnnFile("worker","';
    const whole = await readFile(path, 'utf8');
    expect(whole.startsWith(start)).toBe(true);
    await writeFile(path, start + code + whole.slice(start.length));
    const server = await serveSite(own, 0);
    try {
      const { page } = await open(server.address, {
        hasTouch: true,
        isMobile: true,
        viewport: { width: 390, height: 844 },
      });
      for (const section of ['draw', 'finish', 'look', 'weigh']) {
        await page.locator(`#${section}`).scrollIntoViewIfNeeded();
        if (section === 'draw') await page.locator('#draw-images').scrollIntoViewIfNeeded();
        await said(page, section, sentence);
      }
      const [button, status] = [
        await page.locator('#draw-start').boundingBox(),
        await page.locator('#draw-status').boundingBox(),
      ];
      expect(status!.y - (button!.y + button!.height)).toBeLessThan(60);
    } finally {
      await server.close();
    }
  });
});

test('what one pixel knows has a legend', async () => {
  const { page } = await open(served.address);
  const legend = (await page.textContent('#look-legend')) ?? '';
  for (const part of ['can be read', 'cannot be read', 'the pixel', 'bold']) expect(legend).toContain(part);
});

test('on a phone the bars of a distribution can be told apart', async () => {
  const { page } = await open(served.address, { viewport: { width: 390, height: 844 } });
  const widths = await page.locator('#look-cards .bar').evaluateAll((bars) =>
    bars.map((bar) => {
      (bar as HTMLElement).style.inlineSize = '100%';
      return bar.getBoundingClientRect().width;
    }),
  );
  expect(Math.min(...widths)).toBeGreaterThan(60);
});

test('the scale and the reading of the maps stand above them', async () => {
  const { page } = await open(served.address);
  const top = async (selector: string) => (await page.locator(selector).boundingBox())!.y;
  const cards = await top('#weigh-cards');
  expect(await top('#weigh-scale')).toBeLessThan(cards);
  expect(await top('#weigh-readout')).toBeLessThan(cards);
  expect(await page.textContent('#weigh-scale')).toBe('0 to 6 or more bits a pixel');
});

test('the middle of a mask is a table of colours', async () => {
  const { page } = await open(served.address);
  const table = (type: string) => page.locator(`#mask-${type} table`);
  const cells = async (type: string) => (await table(type).locator('td').allTextContents()).join(' ');
  expect(await table('A').locator('thead th').allTextContents()).toEqual(['drawn', 'red', 'green', 'blue']);
  expect(await cells('A')).toBe('no no no reads no no reads reads no');
  expect(await cells('B')).toBe('reads no no reads reads no reads reads reads');
  await page.selectOption('#masks-colors', '1');
  expect(await table('A').count()).toBe(0);
});
