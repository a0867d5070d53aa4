import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findExperiment, resultsFolder } from '@pixelrnn/experiments';
import { suiteFolder, temporaryFolder } from '@pixelrnn/files/testing';
import { decodePlan } from '@pixelrnn/kernels/plan';
import { resultTableSchema } from '@pixelrnn/metrics';
import checksum from 'crc-32';
import { beforeAll, describe, expect, test } from 'vitest';
import { type BuiltSite, buildSite } from './buildSite.js';
import type { OutFile } from './dataScripts.js';
import { readResults, type SiteExperiment } from './readResults.js';

const folder = suiteFolder();
let site: BuiltSite;
let page: string;
/** Markup of the details of each run, by its anchor. */
let details: Map<string, string>;
let experiments: SiteExperiment[];
const text = ({ content }: OutFile) =>
  typeof content === 'string' ? content : Buffer.from(content).toString();
const fileAt = (path: string) => site.files.find((file) => file.path === path);

beforeAll(async () => {
  await cp(resultsFolder, folder, { recursive: true });
  experiments = await readResults(folder);
  site = await buildSite(folder);
  page = text(fileAt('index.html') as OutFile);
  const { script, name } = site.manifest.details;
  details = new Map(Object.entries(fileContent(script, name) as Record<string, string>));
});

/** What a script hands to the page. */
function fileContent(script: string, name: string): unknown {
  const code = text(fileAt(script) as OutFile);
  const [start, end] = [`pixelrnnFile(${JSON.stringify(name)},`, ');\n'];
  expect(code.startsWith(start) && code.endsWith(end), script).toBe(true);
  return JSON.parse(code.slice(start.length, -end.length));
}

/** The cells of the row of a table that begins with a name, as text. */
function cellsOf(section: string, name: string): string[] {
  const rows = section.split('<tr').filter((row) => row.includes(`<th scope="row">${name}<`));
  expect(rows.length).toBe(1);
  return [...(rows[0] as string).matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell = '']) =>
    cell
      .replace(/<[^>]*>/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

describe('the page', () => {
  test('has every row of every committed table, the paper and ours in columns of their own', async () => {
    for (const { id, rows, split, metric, runs } of experiments.filter((one) => one.rows.length > 0)) {
      const section = page
        .slice(page.indexOf(`<section class="experiment" id="${id}"`))
        .split('</section>')[0] as string;
      const table = resultTableSchema.parse(
        JSON.parse(await readFile(join(folder, id, 'table.json'), 'utf8')),
      );
      expect(rows).toEqual(table.rows);
      for (const row of rows.filter((one) => one.paper !== null || one[split] !== null)) {
        if (runs.filter((run) => run.row === row.name).length > 1) continue; // a line a seed
        const label = findExperiment(id).rows.find(({ name }) => name === row.name)?.label ?? '';
        const name = label.replaceAll('&', '&amp;');
        const [paper, ours] = cellsOf(section, name);
        expect(paper).toBe(
          row.paper === null ? '–' : `${row.paper.toFixed(2)}${row.paperRecalled ? ' (?)' : ''}`,
        );
        const value = row[split];
        expect(ours?.split(' ')[0]).toBe(value === null ? '–' : value.toFixed(metric === 'nats' ? 2 : 3));
      }
    }
  });

  test('links every number to the settings, the machine and the curve of its run', () => {
    const linksOf = (markup: string) => [...markup.matchAll(/href="([^"]+)"/g)].map(([, to = '']) => to);
    const runs = experiments.flatMap((one) => one.runs);
    expect(runs.length).toBeGreaterThan(0);
    expect([...details.keys()].length).toBe(runs.length);
    for (const { path, log } of runs) {
      const anchor = `run-${path.replaceAll('/', '-')}`;
      expect(linksOf(page)).toContain(`#${anchor}`);
      expect(page).toContain(`<article class="run" id="${anchor}"`);
      const links = linksOf(details.get(anchor) ?? '');
      for (const name of [
        'config.json',
        'environment.json',
        'result.json',
        ...(log.length ? ['metrics.jsonl'] : []),
      ]) {
        expect(links).toContain(`runs/${path}/${name}`);
      }
    }
  });

  test('explains itself: passes, marks, departures, quoted rows, and what is no density', () => {
    expect(page).not.toContain('README');
    const seen = experiments
      .flatMap(({ metric, runs }) => (metric === 'nats' ? [] : runs))
      .filter(({ origin }) => origin === 'trained')
      .map(({ images }) => images);
    const [least, most] = [Math.min(...seen), Math.max(...seen)].map((images) =>
      images.toLocaleString('en-US'),
    );
    expect(page).toContain(`between ${least} and ${most} images`);
    for (const word of ['(?)', 'standard error', 'Departures', 'Grey rows']) expect(page).toContain(word);
    const section = (id: string) =>
      page.slice(page.indexOf(`<section class="experiment" id="${id}"`)).split('</section>')[0] as string;
    expect(section('autoencoder')).toContain('no better model');
    expect(section('table3')).toMatch(/Departures of all our runs: h 16, not 128; headWidth 64, not 1024\./);
    expect(section('table5')).toMatch(/<small>blocks 12, not 15;/);
    expect(section('completions')).toMatch(
      /<\/span> nats per image, of the lower half given the upper one<\/h4>/,
    );
    expect(section('blind-spot')).toMatch(/PixelCNN, 1 layer: 39;.* of 406 earlier pixels.*orange: blind/);
    expect(section('receptive-field')).toContain('PixelCNN, 3 blocks of 5x5: 168');
  });

  test('lists its tables, and gives no two regions one name', () => {
    for (const { id } of experiments) expect(page).toContain(`<li><a href="#${id}">`);
    const regions = [...page.matchAll(/role="region" aria-label="([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(regions).size).toBe(regions.length);
  });

  test('without JavaScript shows committed pictures in place of figures, and no dead controls', () => {
    const [, style = ''] = /<noscript><style>([^<]*)<\/style><\/noscript>\s*<\/head>/.exec(page) ?? [];
    for (const dead of ['.alive', '#theme', '.figure']) expect(style).toContain(dead);
    for (const name of ['table4/plot.png', 'table4/curve.png']) {
      expect(page).toMatch(new RegExp(`<noscript><img src="runs/${name}" width="\\d+" height="\\d+"`));
      expect(fileAt(`runs/${name}`)).toBeDefined();
    }
  });

  test('shows every picture of a run', () => {
    for (const { path, pictures } of experiments.flatMap(({ runs }) => runs)) {
      const markup = details.get(`run-${path.replaceAll('/', '-')}`) ?? '';
      const shown = [...markup.matchAll(/<img src="([^"]+)"/g)].map(([, from]) => from);
      const own = pictures.map(({ file }) => `runs/${path}/${file}`);
      expect(shown).toEqual(expect.arrayContaining(own));
      // Room is kept for them, so that nothing moves when they come.
      expect(markup.match(/<img src="[^"]+" width="\d+" height="\d+"/g)?.length ?? 0).toBe(shown.length);
    }
  });

  test('leads nowhere that is not there', () => {
    const places = [page, ...details.values()].flatMap((markup) =>
      [...markup.matchAll(/(?:href|src|data-script)="([^"]+)"/g)].map(([, to = '']) => to),
    );
    for (const place of places.filter((to) => !/^(https:|data:)/.test(to))) {
      if (place.startsWith('#')) expect(page).toContain(`id="${place.slice(1)}"`);
      else expect(fileAt(place), place).toBeDefined();
    }
    const { plotly, worker, digits, models } = site.manifest;
    for (const path of [plotly, worker.script, digits.script, ...models.map(({ script }) => script)]) {
      expect(fileAt(path), path).toBeDefined();
    }
  });

  test('finishes, looks and weighs with one model a row, its lowest seed, and draws with every seed', () => {
    const section = (id: string) =>
      page.slice(page.indexOf(`<section id="${id}"`)).split('</section>')[0] as string;
    const row = 'table4/diagonal-bilstm-1x32';
    const all = site.manifest.models.map(({ name }) => name);
    const seeds = [0, 1, 2].map((seed) => `${row}/seed-${seed}`);
    expect(all).toEqual(expect.arrayContaining(seeds));
    for (const id of ['finish', 'look', 'weigh']) {
      const cards = [...section(id).matchAll(/data-model="([^"]+)"/g)].map(([, name = '']) => name);
      expect(cards.filter((name) => name.startsWith(`${row}/`))).toEqual([`${row}/seed-0`]);
      const rows = cards.map((name) => name.replace(/\/seed-\d+$/, ''));
      expect(rows.length).toBe(new Set(rows).size);
    }
    const options = [...section('draw').matchAll(/<option value="([^"]+\/seed-\d+)"/g)].map(
      ([, name = '']) => name,
    );
    expect([...options].sort()).toEqual([...all].sort());
  });

  test('is painted with less than 200 kB', () => {
    const [, style = ''] = /rel="stylesheet" href="([^"]+)"/.exec(page) ?? [];
    const [, program = ''] = /<script src="([^"]+)" defer/.exec(page) ?? [];
    const bytes = ['index.html', style, program].map((path) =>
      Buffer.byteLength((fileAt(path) as OutFile).content),
    );
    expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(200_000);
  });
});

test('every committed model is there as the plan of its weights', async () => {
  const { models, left } = { ...site.manifest, left: site.left };
  const weighted = experiments.flatMap(({ runs }) => runs.filter(({ hasWeights }) => hasWeights));
  expect(models.length + left.length).toBe(weighted.length);
  expect(left).toContain(
    'autoencoder/mse-10/seed-0: an auto-encoder has an image for a code, and the page gives it none',
  );
  expect(left.filter((why) => /planOf|scalesOf|layers/.test(why))).toEqual([]);
  for (const { name, script, crc32, height } of models) {
    const [, base64 = ''] =
      /^pixelrnnFile\("[^"]+","([^"]*)"\);\n$/.exec(text(fileAt(script) as OutFile)) ?? [];
    const file = Buffer.from(base64, 'base64');
    expect(checksum.buf(file) >>> 0, name).toBe(crc32);
    expect(decodePlan(file).height).toBe(height);
  }
});

test('figures have the sizes, steps and wall time of the runs to hover over', () => {
  for (const { id, runs, rows } of experiments) {
    if (rows.length === 0) continue; // pictures alone
    const figure = text(site.files.find(({ path }) => path.startsWith(`figures/${id}-table-`)) as OutFile);
    for (const run of runs.filter(({ origin }) => origin === 'trained')) {
      expect(figure).toContain(`${run.parameters.toLocaleString('en-US')} parameters`);
      expect(figure).toContain(`${run.steps.toLocaleString('en-US')} steps`);
      expect(figure).toContain('trained for');
    }
  }
});

test('an experiment of pictures alone is shown with its numbers and files', async () => {
  const spot = (await readFile(join(folder, 'blind-spot', 'blind-spot.json'), 'utf8')) as string;
  const { contexts } = JSON.parse(spot) as { contexts: { reads: number; misses: number }[] };
  expect(contexts.length).toBeGreaterThan(0);
  for (const { reads } of contexts) expect(page).toMatch(new RegExp(`layers?: ${reads}[; ]`));
  for (const name of ['blind-spot.png', 'blind-spot.json', 'blind-spot.md']) {
    expect(fileAt(`runs/blind-spot/${name}`)).toBeDefined();
  }
});

test('curves name the paper by its rows, not by the sizes of ours, and fit the page', () => {
  for (const { path, content } of site.files.filter(({ path }) => /^figures\/.*-(steps|hours)-/.test(path))) {
    const figure = typeof content === 'string' ? content : '';
    expect(figure, path).not.toMatch(/(headWidth|blocks|filters) \d+[^"]* \(paper\)/);
    const { layout } = fileContent(path, path.replace(/^figures\/|-[0-9a-f]+\.js$/g, '')) as {
      layout: { width: number };
    };
    expect(layout.width, path).toBeLessThan(1200);
  }
  const table6 = text(site.files.find(({ path }) => path.startsWith('figures/table6-steps')) as OutFile);
  expect(table6).toContain('Row LSTM, 32x32, held-out');
});

test('the service worker keeps every file', () => {
  const worker = text(fileAt('sw.js') as OutFile);
  for (const { path } of site.files) if (path !== 'sw.js') expect(worker).toContain(JSON.stringify(path));
});

test('a damaged result is named', async () => {
  const damaged = await temporaryFolder();
  await cp(resultsFolder, damaged, { recursive: true });
  const run = experiments.flatMap(({ runs }) => runs)[0] as { path: string };
  await writeFile(join(damaged, run.path, 'result.json'), '{"test": 1');
  await expect(readResults(damaged)).rejects.toThrow('result.json');
});
