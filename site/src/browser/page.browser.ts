import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadBinarizedMnist } from '@pixelrnn/data';
import { temporaryFolder } from '@pixelrnn/files/testing';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readDigits, realDigits } from '../build/digits.js';
import { type ServedSite, serveSite } from '../build/serveSite.js';
import { browserPages } from './browser.js';

const { open } = browserPages();
const manifest = inject('manifest');
const folder = inject('site');
let served: ServedSite;

beforeAll(async () => {
  served = await serveSite(folder, 0);
});
afterAll(() => served.close());

async function drawn(page: Page): Promise<void> {
  await page.locator('#draw-images').scrollIntoViewIfNeeded();
  await page.waitForFunction(() =>
    /drew 16 images/.test(document.querySelector('#draw-status')?.textContent ?? ''),
  );
}

/** Brings every section into view, so that models have run and figures are drawn. */
async function walk(page: Page): Promise<void> {
  for (const id of ['finish', 'look', 'weigh']) {
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    await page.waitForFunction(
      (id) => /Finished|At row|As a PNG/.test(document.querySelector(`#${id}-status`)?.textContent ?? ''),
      id,
    );
  }
  for (const place of await page.locator('[data-figure]:not([hidden])').all()) {
    await place.scrollIntoViewIfNeeded();
    await place.locator('.main-svg').first().waitFor();
  }
}

test('the first paint needs less than 200 kB, no model and no Plotly', async () => {
  const { page, bytes } = await open(served.address);
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  const [paint] = await page.evaluate(() => {
    const paints = performance.getEntriesByName('first-contentful-paint');
    const files = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const before = (time: number) =>
      files.filter(({ responseEnd, startTime }) => responseEnd > 0 && startTime < time);
    const page = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming;
    return paints.map(({ startTime }) => ({
      bytes:
        page.decodedBodySize +
        before(startTime).reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
      names: before(startTime).map(({ name }) => name),
    }));
  });
  expect(paint?.bytes).toBeGreaterThan(20_000);
  expect(paint?.bytes).toBeLessThan(200_000);
  expect(paint?.names.filter((name) => /plotly|models|details/.test(name))).toEqual([]);
  await drawn(page);
  // One model was fetched, for the first drawing; the service worker fetches the rest behind it.
  expect([...bytes.keys()].some((address) => address.endsWith(manifest.models[0]?.script ?? ''))).toBe(true);
});

describe('figures', () => {
  test('appear when they come into view, with numbers to hover over and to click', async () => {
    const { page } = await open(served.address);
    expect(await page.locator('.main-svg').count()).toBe(0);
    const table = page.locator('[data-figure$="-table"]').first();
    await table.scrollIntoViewIfNeeded();
    await table.locator('.main-svg').first().waitFor();
    const point = table.locator('.trace.scatter').nth(1).locator('.point').first();
    const box = (await point.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
    const hover = table.locator('.hoverlayer');
    await hover.locator('text').first().waitFor();
    const text = (await hover.textContent()) ?? '';
    for (const part of [/ours: \d/, /±/, /parameters/, /steps/, /trained for/]) expect(text).toMatch(part);
    expect(await table.getAttribute('aria-label')).toMatch(/: paper [\d.]+, ours [\d.]+/);
  });

  test('by step and by hour', async () => {
    const { page } = await open(served.address);
    const hour = page.getByRole('button', { name: 'by hour' }).first();
    await hour.scrollIntoViewIfNeeded();
    await hour.click();
    const figure = page.locator(`[data-figure="${await hour.getAttribute('data-show')}"]`);
    await figure.locator('.main-svg').first().waitFor();
    expect(await figure.textContent()).toContain('hours of training');
    expect(await hour.getAttribute('aria-pressed')).toBe('true');
  });
});

test('numbers lead to their runs, whose files are there', async () => {
  const { page } = await open(served.address);
  const links = page.locator('td.ours a');
  expect(await links.count()).toBeGreaterThan(0);
  for (const link of await links.all()) {
    await link.click();
    const run = page.locator((await link.getAttribute('href')) ?? '');
    await run.locator('.facts').waitFor();
    const files = await run.locator('.links a').all();
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const address = new URL((await file.getAttribute('href')) ?? '', served.address);
      const response = await fetch(address);
      expect(response.status, address.pathname).toBe(200);
      if (address.pathname.endsWith('.json')) expect(await response.json()).toBeTypeOf('object');
    }
  }
});

test('opened from disk it does the same', async () => {
  const { page } = await open(pathToFileURL(join(folder, 'index.html')).href);
  await drawn(page);
  await walk(page);
});

test('after the first visit it works with no server', async () => {
  const server = await serveSite(folder, 0);
  const { page } = await open(server.address);
  await drawn(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await server.close();
  await page.reload();
  await drawn(page);
  await walk(page);
  const config = await page.evaluate(() => {
    const link = document.querySelector('a[href$="config.json"]') as HTMLAnchorElement;
    return fetch(link.href).then((response) => response.json());
  });
  expect(config).toHaveProperty('settings');
});

test('an address leads to a run, below others whose details come with its own', async () => {
  const { page: first } = await open(served.address);
  const ids = await first.locator('.run').evaluateAll((runs) => runs.map(({ id }) => id));
  const id = ids[Math.floor(ids.length / 2)] as string;
  const { page } = await open(`${served.address}#${id}`);
  await page.locator(`#${id} .facts`).waitFor();
  await page.waitForFunction((id) => {
    const { top } = (document.getElementById(id) as HTMLElement).getBoundingClientRect();
    return top >= 0 && top < innerHeight / 2;
  }, id);
});

describe('damage', () => {
  test.each([
    [
      'a changed byte',
      (text: string) => text.replace(/(?<=.{5000})[A-Z]/, (letter) => letter.toLowerCase()),
      /the file of weights is damaged: its checksum is/,
    ],
    [
      'no base64',
      (text: string) => text.replace(/(?<=.{5000})./, '!'),
      /the file of weights is damaged: it is no base64/,
    ],
    ['another file', () => 'pixelrnnFile("other","AAAA");', /is damaged: it does not hold/],
  ])('%s in the weights gives a sentence, and the next try is whole', async (_, damage, sentence) => {
    const model = manifest.models[0]!;
    const own = join(await temporaryFolder(), 'site');
    await cp(folder, own, { recursive: true });
    const path = join(own, model.script);
    const whole = await readFile(path, 'utf8');
    await writeFile(path, damage(whole));
    const server = await serveSite(own, 0);
    try {
      const { page } = await open(server.address);
      await page.waitForFunction(
        (text) => new RegExp(text).test(document.querySelector('#draw-status')?.textContent ?? ''),
        sentence.source,
      );
      expect(await page.locator('#draw-status').getAttribute('class')).toContain('wrong');
      await writeFile(path, whole);
      await page.click('#draw-start');
      await drawn(page);
    } finally {
      await server.close();
    }
  });

  test('details of runs that are not there give a sentence, and the next number asks again', async () => {
    const own = join(await temporaryFolder(), 'site');
    await cp(folder, own, { recursive: true });
    const path = join(own, manifest.details.script);
    const whole = await readFile(path);
    await rm(path);
    const server = await serveSite(own, 0);
    try {
      const { page } = await open(server.address, { noisy: true }); // the browser itself writes the 404 there
      const status = page.locator('#details-status');
      await status.getByText(/details-[0-9a-f]+\.js could not be loaded/).waitFor();
      expect(await page.locator('.run .facts').count()).toBe(0);
      await writeFile(path, whole);
      await page.locator('td.ours a').first().click();
      await page.locator('.run .facts').first().waitFor();
      expect(await status.textContent()).toBe('');
    } finally {
      await server.close();
    }
  });

  test('weights that are not there give a sentence', async () => {
    const own = join(await temporaryFolder(), 'site');
    await cp(folder, own, { recursive: true });
    await rm(join(own, manifest.models[0]!.script));
    const server = await serveSite(own, 0);
    try {
      const { page } = await open(server.address, { noisy: true }); // the browser itself writes the 404 there
      await page.waitForFunction(() =>
        /could not be loaded/.test(document.querySelector('#draw-status')?.textContent ?? ''),
      );
    } finally {
      await server.close();
    }
  });
});

describe('everyone', () => {
  const settings = [
    { colorScheme: 'light', viewport: { width: 1200, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
  ] as const;

  test.each(settings)('axe finds nothing serious: $colorScheme, $viewport.width px', async (setting) => {
    const { page } = await open(served.address, setting);
    await drawn(page);
    await walk(page);
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
      return violations.map(({ id, impact, nodes }) => ({
        id,
        impact,
        where: nodes.map(({ html }) => html.slice(0, 160)),
      }));
    });
    expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  });

  test('a press of the button turns light into dark, and it stays', async () => {
    const { page } = await open(served.address, { colorScheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.click('#theme');
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await ground()).toBe(dark);
  });

  test('every control can be reached by Tab, and is named', async () => {
    const { page } = await open(served.address);
    await drawn(page);
    const controls = await page.evaluate(() =>
      [...document.querySelectorAll('button, select, input, canvas[tabindex]')]
        .filter((one) => (one as HTMLElement).offsetParent !== null && !one.matches(':disabled'))
        .map(({ id }) => id)
        .filter((id) => id !== ''),
    );
    const reached = new Set<string>();
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      const { id, name } = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement;
        const labels = (at as HTMLInputElement).labels;
        return {
          id: at.id,
          name: at.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? at.textContent ?? '',
        };
      });
      if (id) expect(name.trim(), id).not.toBe('');
      reached.add(id);
    }
    expect(controls.filter((id) => !reached.has(id))).toEqual([]);
  });
});

test('the digits of the page are those of the dataset', async () => {
  expect(await readDigits()).toEqual(realDigits(await loadBinarizedMnist({ kind: 'fixed' })));
});
