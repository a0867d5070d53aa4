import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ServedSite, serveSite } from '../build/serveSite.js';
import { browserPages } from './browser.js';

const { open } = browserPages();
let served: ServedSite;

beforeAll(async () => {
  served = await serveSite(inject('site'), 0);
});
afterAll(() => served.close());

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

/** A figure in the middle of the screen, drawn. */
async function shown(page: Page, name: string) {
  const figure = page.locator(`[data-figure="${name}"]`);
  await figure.evaluate((one) => one.scrollIntoView({ block: 'center', behavior: 'instant' }));
  await figure.locator('.main-svg').first().waitFor();
  await figure.evaluate((one) => one.scrollIntoView({ block: 'center', behavior: 'instant' }));
  return figure;
}

/** How far a finger that goes up 200 px on a figure scrolls the page, px. */
async function swiped(page: Page, name: string): Promise<number> {
  const box = (await (await shown(page, name)).boundingBox())!;
  const before = await page.evaluate(() => scrollY);
  const [x, y] = [box.x + 0.6 * box.width, 0.5 * phone.viewport.height];
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x, y: at }] });
  await touch('touchStart', y);
  for (let i = 1; i <= 10; i++) await touch('touchMove', y - 20 * i);
  await touch('touchEnd');
  await page.waitForTimeout(500);
  return (await page.evaluate(() => scrollY)) - before;
}

describe('on a phone', () => {
  test('a finger on a figure scrolls the page, and does not zoom', async () => {
    const { page } = await open(served.address, phone);
    for (const name of ['table4-steps', 'table4-table']) {
      const ticks = () => page.locator(`[data-figure="${name}"] .xtick`).allTextContents();
      await shown(page, name);
      const before = await ticks();
      expect(await swiped(page, name), name).toBeGreaterThan(100);
      expect(await ticks()).toEqual(before);
    }
  });

  test('figures keep their keys and numbers, inside their place', async () => {
    const { page } = await open(served.address, phone);
    for (const [name, parts] of [
      ['table4-table', ['◇ paper', '● ours', '◇ 81.30', '● 83.36 ± 0.21', 'standard deviation over seeds']],
      ['table4-steps', ['pale: training', 'PixelCNN, test (paper): 81.30', 'Row LSTM, validation']],
    ] as const) {
      const figure = await shown(page, name);
      const text = ((await figure.textContent()) ?? '').replaceAll('\u00a0', ' ');
      for (const part of parts) expect(text).toContain(part);
      expect(await figure.locator('.modebar-btn').count()).toBe(0);
      const beyond = await figure.evaluate((one) => {
        const { left, right } = one.getBoundingClientRect();
        return [...one.querySelectorAll('.annotation-text')].filter((text) => {
          const own = text.getBoundingClientRect();
          return own.left < left - 1 || own.right > right + 1;
        }).length;
      });
      expect(beyond, name).toBe(0);
    }
  });
});

test('no figure is wider than its place', async () => {
  const { page } = await open(served.address, { viewport: { width: 1400, height: 900 } });
  for (const name of ['gated-table2-steps', 'table4-steps', 'table5-table']) {
    const figure = await shown(page, name);
    const room = await figure.evaluate((one) => (one.closest('.plot') as HTMLElement).clientWidth);
    expect((await figure.boundingBox())?.width, name).toBeLessThanOrEqual(room);
  }
});

test('without JavaScript there are pictures, and neither dead controls nor empty boxes', async () => {
  const { page } = await open(served.address, { javaScriptEnabled: false });
  for (const dead of ['#draw', '#masks', '#theme', '.waiting', '.switch button']) {
    expect(await page.locator(dead).first().isVisible(), dead).toBe(false);
  }
  const picture = page.locator('#table4 noscript img').first();
  await picture.scrollIntoViewIfNeeded();
  expect(await picture.isVisible()).toBe(true);
});
