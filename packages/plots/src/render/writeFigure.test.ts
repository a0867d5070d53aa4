import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { JSDOM } from 'jsdom';
import sharp from 'sharp';
import { beforeEach, expect, test } from 'vitest';
import { tablePlot } from '../figures/tablePlot.js';
import { plotlySource, writePlotlyScript } from './plotlyScript.js';
import { renderSvg } from './renderSvg.js';
import { writeFigure } from './writeFigure.js';

const figure = tablePlot([{ label: '</script> & <NADE>', paper: 88.33, ours: null }], {
  metric: 'nats',
  split: 'test',
  title: 'Table 4 <test>',
});
const published = 'https://cdn.plot.ly/plotly-cartesian-4.1.1.min.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function open(path: string) {
  const { window } = new JSDOM(await readFile(path, 'utf8'), { runScripts: 'dangerously' });
  const scripts = () => [...window.document.querySelectorAll('script[src]')];
  return {
    window,
    find: (selector: string) => window.document.querySelector(selector),
    sources: () => scripts().map((script) => script.getAttribute('src')),
    finish: (type: 'load' | 'error') => scripts().at(-1)!.dispatchEvent(new window.Event(type)),
  };
}

test('PNG, SVG and HTML are written whole into new folders, with nothing beside them', async () => {
  const at = (name: string) => join(folder, 'new', name);
  await writeFigure(
    figure,
    { png: at('plot.png'), svg: at('plot.svg'), html: at('plot.html') },
    { scale: 1 },
  );
  expect((await readdir(join(folder, 'new'))).sort()).toEqual(['plot.html', 'plot.png', 'plot.svg']);
  expect(await readFile(at('plot.svg'), 'utf8')).toBe(await renderSvg(figure));
  expect(await sharp(at('plot.png')).metadata()).toMatchObject({ format: 'png', width: figure.layout.width });
  expect((await readFile(at('plot.html'))).length).toBeLessThan(50_000);
});

test('a page shows the static picture and holds the figure, whatever its labels', async () => {
  await writeFigure(figure, { html: join(folder, 'plot.html') });
  const page = await open(join(folder, 'plot.html'));
  expect(page.find('title')!.textContent).toBe('Table 4 <test>');
  expect(page.find('#static svg')!.textContent).toContain('</script> & <NADE>');
  expect(JSON.parse(page.find('#figure')!.textContent!)).toEqual(figure);
});

test('a page tries the copy beside it, then the publisher, and keeps the picture without either', async () => {
  const plotlyScript = await writePlotlyScript(join(folder, 'out root'));
  await writeFigure(figure, { html: join(folder, 'out root', 'table4', 'plot.html') }, { plotlyScript });
  const page = await open(join(folder, 'out root', 'table4', 'plot.html'));
  expect(page.sources()).toEqual(['../plotly-cartesian-4.1.1.min.js']);
  page.finish('error');
  expect(page.sources()).toEqual(['../plotly-cartesian-4.1.1.min.js', published]);
  page.finish('error');
  expect(page.sources()).toHaveLength(2);
  expect(page.find('#static svg')).not.toBeNull();
});

test('once plotly.js is there the interactive figure takes the place of the picture', async () => {
  await writeFigure(figure, { html: join(folder, 'plot.html') });
  const page = await open(join(folder, 'plot.html'));
  expect(page.sources()).toEqual([published]);
  const drawn: string[] = [];
  page.window.Plotly = {
    newPlot: (id: string, data: unknown, layout: unknown) => drawn.push(id, JSON.stringify({ data, layout })),
  };
  page.finish('load');
  await expect.poll(() => page.find('#static')).toBeNull();
  expect(drawn).toEqual(['interactive', JSON.stringify(figure)]);
});

test('the copy of plotly.js is the installed one', async () => {
  const path = await writePlotlyScript(folder);
  expect(await readFile(path, 'utf8')).toContain('plotly.js (cartesian - minified) v4.1.1');
});

test('no path, and a path that cannot be written, are errors that leave nothing', async () => {
  await expect(writeFigure(figure, {})).rejects.toThrow('give png, svg or html, got none');
  await writeFile(join(folder, 'file'), '');
  await expect(writeFigure(figure, { svg: join(folder, 'file', 'plot.svg') })).rejects.toThrow(
    /ENOTDIR|EEXIST/,
  );
  await expect(writeFigure(figure, { svg: folder })).rejects.toThrow(/EISDIR|EEXIST|ENOTEMPTY/);
  expect(await readdir(folder)).toEqual(['file']);
});

test('pages load the version of plotly.js that figures are drawn with', async () => {
  const path = await writePlotlyScript(join(folder, 'versions'));
  const version = /plotly-cartesian-(.+)\.min\.js$/.exec(path)?.[1];
  expect((await plotlySource()).slice(0, 300)).toContain(`plotly.js v${version}`);
});
