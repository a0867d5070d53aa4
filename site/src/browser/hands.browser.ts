import { encode } from 'fast-png';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ServedSite, serveSite } from '../build/serveSite.js';
import { browserPages, said } from './browser.js';

// Mouse, finger and keys on every part of the page.
const { open } = browserPages();
const phone = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } };
let served: ServedSite;

beforeAll(async () => {
  served = await serveSite(inject('site'), 0);
});
afterAll(() => served.close());

/** The place of a pixel on a canvas of one image of 28 x 28, or of the first of 4 x 4 with gaps of 2. */
async function placeOf(page: Page, selector: string, row: number, column: number, across = 28) {
  const { width, height } = (await page.locator(selector).boundingBox())!;
  return { x: ((column + 0.5) * width) / across, y: ((row + 0.5) * height) / across };
}

async function weighed(page: Page): Promise<void> {
  await page.locator('#weigh').scrollIntoViewIfNeeded();
  await said(page, 'weigh', /As a PNG/);
}

describe('seeds', () => {
  test('Enter in the field draws that seed, and leaving it does not draw again', async () => {
    const { page } = await open(served.address);
    await page.locator('#draw-images').scrollIntoViewIfNeeded();
    await said(page, 'draw', /drew 16 images of seed 0/);
    await page.fill('#draw-seed', '5');
    await page.press('#draw-seed', 'Enter');
    await said(page, 'draw', /drew 16 images of seed 5|Stopped/);
    const status = await page.textContent('#draw-status');
    expect(status).toContain('drew 16 images of seed 5');
    await page.press('#draw-seed', 'Tab');
    await page.waitForTimeout(300);
    expect(await page.textContent('#draw-status')).toBe(status);
  });

  test.each([
    ['draw', '1.5', /drew 16 images of seed 1\b/],
    ['finish', '-1', /Finished 4 times .*, seed 1\b/],
  ])('%s: after %s, which is none, comes the next of the last one', async (section, wrong, what) => {
    const { page } = await open(served.address);
    await page.locator(`#${section}`).scrollIntoViewIfNeeded();
    await said(page, section, /drew|Finished/);
    await page.fill(`#${section}-seed`, wrong);
    await page.press(`#${section}-seed`, 'Tab');
    await said(page, section, /a seed is a whole number/);
    await page.click(`#${section}-next`);
    await said(page, section, what);
  });
});

describe('fingers', () => {
  test('a tap on a picture that was drawn reads the pixel under it', async () => {
    const { page } = await open(served.address, phone);
    await page.locator('#draw-images').scrollIntoViewIfNeeded();
    await said(page, 'draw', /drew 16 images/);
    const position = await placeOf(page, '#draw-images', 20, 11, 118);
    await page.locator('#draw-images').tap({ position });
    expect(await page.textContent('#draw-readout')).toMatch(/^Image 1, row 21, column 12: ink had/);
  });

  test('a tap on a map of bits reads the pixel under it', async () => {
    const { page } = await open(served.address, phone);
    await weighed(page);
    const map = '#weigh-cards .card:first-child canvas';
    await page.locator(map).tap({ position: await placeOf(page, map, 20, 11) });
    expect(await page.textContent('#weigh-readout')).toMatch(/, row 21, column 12: [\d.]+ bits/);
  });

  test('where nothing can be painted the page scrolls', async () => {
    const { page } = await open(served.address, phone);
    await page.locator('#finish-canvas').scrollIntoViewIfNeeded();
    await said(page, 'finish', /Finished 4 times/);
    const session = await page.context().newCDPSession(page);
    const moved = async (row: number) => {
      await page.locator('#finish-canvas').evaluate((canvas) => {
        scrollTo({ top: canvas.getBoundingClientRect().top + scrollY - 200, behavior: 'instant' });
      });
      const before = await page.evaluate(() => scrollY);
      const { x, y } = (await page.locator('#finish-canvas').boundingBox())!;
      const at = await placeOf(page, '#finish-canvas', row, 14);
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', up?: number) => {
        const touchPoints = up === undefined ? [] : [{ x: x + at.x, y: y + at.y - up }];
        return session.send('Input.dispatchTouchEvent', { type, touchPoints });
      };
      await touch('touchStart', 0);
      for (let up = 10; up <= 100; up += 10) await touch('touchMove', up);
      await touch('touchEnd');
      await page.waitForTimeout(300);
      return (await page.evaluate(() => scrollY)) - before;
    };
    expect(await moved(7)).toBe(0);
    expect(await moved(22)).toBeGreaterThan(20);
  });
});

describe('keys', () => {
  test.each([
    ['draw', '#draw-images', 118],
    ['weigh', '#weigh-cards .card:first-child canvas', 28],
  ])(
    '%s: a mark shows the pixel, and what it says leaves the status alone',
    async (section, picture, across) => {
      const { page } = await open(served.address);
      await page.locator(`#${section}`).scrollIntoViewIfNeeded();
      await said(page, section, /drew 16|As a PNG/);
      const status = await page.textContent(`#${section}-status`);
      expect(await page.locator('.mark:visible').count()).toBe(0);
      await page.focus(picture);
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
      // At one moment, as the page may still scroll.
      const middle = await page.evaluate((selector) => {
        const drawn = document.querySelector(selector)!;
        const [box, mark] = [drawn, drawn.nextElementSibling!].map((part) => part.getBoundingClientRect());
        return { x: mark!.x + mark!.width / 2 - box!.x, y: mark!.y + mark!.height / 2 - box!.y };
      }, picture);
      const place = await placeOf(page, picture, 2, 1, across);
      expect(middle.x).toBeCloseTo(place.x, -0.5);
      expect(middle.y).toBeCloseTo(place.y, -0.5);
      expect(await page.textContent(`#${section}-spoken`)).toContain('row 3, column 2');
      expect(await page.textContent(`#${section}-status`)).toBe(status);
    },
  );
});

test('the caption of what is painted follows the mouse', async () => {
  const { page } = await open(served.address);
  await page.locator('#finish').scrollIntoViewIfNeeded();
  await said(page, 'finish', /Finished 4 times/);
  await page.click('#finish-clear');
  const canvas = page.locator('#finish-canvas');
  await canvas.hover({ position: await placeOf(page, '#finish-canvas', 8, 20) });
  expect(await page.textContent('#finish-cursor')).toBe('row 9, column 21: blank');
  await page.mouse.down();
  expect(await page.textContent('#finish-cursor')).toBe('row 9, column 21: ink');
  await page.mouse.up();
});

test('what makes a grey image black and white waits for one', async () => {
  const { page } = await open(served.address);
  await weighed(page);
  expect(await page.isDisabled('#weigh-threshold')).toBe(true);
  expect(await page.isDisabled('#weigh-invert')).toBe(true);
  const data = Uint8Array.from({ length: 784 }, (_, i) => i % 256);
  const buffer = Buffer.from(encode({ width: 28, height: 28, channels: 1, data }));
  await page.setInputFiles('#weigh-file', { name: 'grey.png', mimeType: 'image/png', buffer });
  await said(page, 'weigh', /As a PNG/);
  expect(await page.isDisabled('#weigh-threshold')).toBe(false);
  await page.click('#weigh-digit');
  await page.waitForFunction(() =>
    (document.querySelector('#weigh-invert') as HTMLInputElement).matches(':disabled'),
  );
});

test('with less motion there is one pace, and the page says so', async () => {
  const { page } = await open(served.address, { reducedMotion: 'reduce' });
  expect(await page.isDisabled('#draw-pace')).toBe(true);
  expect(await page.inputValue('#draw-pace')).toBe('fast');
  expect(await page.isVisible('#draw-still')).toBe(true);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.locator('#draw-pace:enabled').waitFor();
  expect(await page.isVisible('#draw-still')).toBe(false);
});

test.each([390, 360, 320])('at %d px all sections are named at the top', async (width) => {
  const { page } = await open(served.address, { ...phone, viewport: { width, height: 844 } });
  const cut = await page.locator('.top nav').evaluate((nav) => nav.scrollWidth - nav.clientWidth);
  expect(cut).toBeLessThanOrEqual(0);
});
