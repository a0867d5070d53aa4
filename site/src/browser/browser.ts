import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
// @ts-expect-error: a plain script, with JSDoc types only
import { chromiumOptions } from '../../../scripts/chromium.mjs';

export interface Opened {
  page: Page;
  /** Everything that the page wrote to the console, and errors that it did not catch. */
  console: string[];
  /** Bytes of every response, by its address. */
  bytes: Map<string, number>;
}

/** Opens pages in a browser of their own for a file of tests; what one leaves in the console fails its test. */
export function browserPages(): {
  open(
    address: string,
    options?: BrowserContextOptions & { noisy?: boolean; before?: (page: Page) => Promise<unknown> },
  ): Promise<Opened>;
} {
  let browser: Browser;
  let opened: (Opened & { noisy: boolean })[] = [];
  beforeAll(async () => {
    browser = await chromium.launch(chromiumOptions());
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const loud = opened.filter(({ noisy }) => !noisy).flatMap(({ console }) => console);
    for (const { page } of opened) await page.context().close();
    opened = [];
    expect(loud).toEqual([]);
  });
  return {
    async open(address, { noisy = false, before, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(120_000);
      const one = { page, console: [] as string[], bytes: new Map<string, number>(), noisy };
      opened.push(one);
      page.on('console', (message) => one.console.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => one.console.push(`error: ${error.message}`));
      page.on('response', async (response) => {
        const length = response.headers()['content-length'];
        one.bytes.set(response.url(), Number(length ?? 0));
      });
      await before?.(page);
      await page.goto(address, { waitUntil: 'load' });
      return one;
    },
  };
}

/** What is seen on a canvas: 1 where a pixel is nearer to ink than to the page's blank. [height, width] */
export const inkOf = (page: Page, selector: string): Promise<number[][]> =>
  page.evaluate((selector) => {
    const canvas = document.querySelector(selector) as HTMLCanvasElement;
    const copy = document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext('2d', { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    return Array.from({ length: canvas.height }, (_, row) =>
      Array.from({ length: canvas.width }, (_, column) => {
        const at = 4 * (row * canvas.width + column);
        return data[at + 3] === 255 && data[at]! < 128 !== dark ? 1 : 0;
      }),
    );
  }, selector);

/** Images of 28 x 28 on a canvas with a gap of 2 between them, [count, 28, 28]. */
export function imagesOf(ink: number[][], count: number, columns: number): Uint8Array {
  return Uint8Array.from({ length: count * 784 }, (_, i) => {
    const [image, row, column] = [Math.floor(i / 784), Math.floor(i / 28) % 28, i % 28];
    return ink[Math.floor(image / columns) * 30 + row]![(image % columns) * 30 + column]!;
  });
}

/** Waits until a section of the page has said something. */
export const said = (page: Page, section: string, what: RegExp) =>
  page.waitForFunction(
    ([id, what]) => new RegExp(what as string).test(document.querySelector(id as string)?.textContent ?? ''),
    [`#${section}-status`, what.source],
  );
