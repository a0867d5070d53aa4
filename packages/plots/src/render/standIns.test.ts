import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { distributionPlot } from '../figures/distributionPlot.js';
import type { Figure } from '../figures/figure.js';
import { heatmap } from '../figures/heatmap.js';
import { renderPng } from './renderPng.js';
import { renderSvg } from './renderSvg.js';
import { standIn } from './standIns.js';

const field = heatmap({
  values: [
    [0, 1, 1],
    [0.5, null, 0],
  ],
  title: 'Mask',
  unit: 'weight',
  mark: { row: 1, column: 1 },
});
const cellsOf = (svg: string) => /<g class="cells"[^>]*>.*?<\/g>/.exec(svg)![0];

test('the cells of a heatmap are a path for each colour, neighbours joined, empty ones left out', async () => {
  const svg = await renderSvg(field);
  expect(cellsOf(svg)).toMatchInlineSnapshot(
    `"<g class="cells" shape-rendering="crispEdges"><path fill="#00204c" d="M0 0H64V64H0ZM128 64H192V128H128Z"/><path fill="#ffe945" d="M64 0H192V64H64Z"/><path fill="#767674" d="M0 64H64V128H0Z"/></g>"`,
  );
  expect(svg).toContain('>weight</text>');
  expect(svg.length).toBeLessThan(12_000);
  expect(await renderSvg(field)).toBe(svg);
});

test('whatever the grid, each cell has the colour of its value, and the empty ones have none', () => {
  const value = fc.constantFrom(null, 0, 1, 2);
  const grids = fc
    .integer({ min: 1, max: 7 })
    .chain((columns) =>
      fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 7 }),
    )
    .filter((grid) => grid.flat().some((cell) => cell !== null));
  const colors = ['#00204c', '#767674', '#ffe945'];
  fc.assert(
    fc.property(grids, (values) => {
      const [rows, columns] = [values.length, values[0]!.length];
      // What plotly.js draws of the stand-in: a point at each of two corners, here with cells of 10 x 10 px.
      const corners = `<path transform=""/><path transform="translate(${10 * columns},${10 * rows})"/>`;
      const drawn = `<g class="trace scatter tracecells0"><g class="fills"/><g class="points">${corners}</g><g class="text"/></g>`;
      const svg = standIn(heatmap({ values, title: '', unit: '', range: [0, 2] })).finish(drawn);
      const found = values.map((row) => row.map((): number | null => null));
      for (const [, color, d] of svg.matchAll(/<path fill="(.*?)" d="(.*?)"/g)) {
        for (const [, ...edges] of d!.matchAll(/M(\d+) (\d+)H(\d+)V(\d+)H\d+Z/g)) {
          const [left, top, right, bottom] = edges.map((edge) => Number(edge) / 10) as [
            number,
            number,
            number,
            number,
          ];
          for (let row = top; row < bottom; row++) {
            for (let column = left; column < right; column++) {
              expect(found[row]![column]).toBeNull(); // drawn once
              found[row]![column] = colors.indexOf(color!);
            }
          }
        }
      }
      expect(found).toEqual(values);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('a PNG has the colours where the values are', async () => {
  const { data, info } = await sharp(await renderPng(field, { scale: 1 }))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixel = (x: number, y: number) => {
    const first = (y * info.width + x) * info.channels;
    return [...data.subarray(first, first + 3)];
  };
  const at = (row: number, column: number) => pixel(76 + 64 * column + 32, 64 + 64 * row + 32);
  const near = (actual: number[], expected: number[]) =>
    expect(Math.max(...actual.map((v, i) => Math.abs(v - expected[i]!)))).toBeLessThan(6);
  near(at(0, 0), [0x00, 0x20, 0x4c]);
  near(at(0, 1), [0xff, 0xe9, 0x45]);
  near(at(0, 2), [0xff, 0xe9, 0x45]);
  near(at(1, 1), [255, 255, 255]); // empty
  near(at(1, 2), [0x00, 0x20, 0x4c]);
  const bar = 76 + 3 * 64 + 12 + 7; // the middle of the scale of colours
  near(pixel(bar, 64 + 1), [0xff, 0xe9, 0x45]);
  near(pixel(bar, 64 + 128 - 2), [0x00, 0x20, 0x4c]);
});

test('several heatmaps of a figure have cells of their own', async () => {
  const [trace] = field.data;
  const two: Figure = {
    data: [trace!, { ...trace!, xaxis: 'x2', showscale: false }],
    layout: { xaxis: { domain: [0, 0.4] }, xaxis2: { domain: [0.6, 1] } },
  };
  const svg = await renderSvg(two);
  expect(svg.match(/class="cells"/g)).toHaveLength(2);
  expect(svg.match(/class="cbfill /g)).toHaveLength(1);
});

test('many bars are one stepped path from edge to edge, the peaks at the ends bars of their own', async () => {
  const peaked = Array.from({ length: 256 }, (_, i) => (i === 0 ? 0.25 : i === 255 ? 0.5 : 0.25 / 254));
  const svg = await renderSvg(
    distributionPlot({ probabilities: [peaked, peaked], labels: ['red', 'green'] }),
  );
  expect(svg.match(/class="js-fill"/g)).toHaveLength(2);
  const ends = [
    ...svg.matchAll(/class="point"><path style="[^"]*" d="M([\d.]+),112V([\d.]+)H([\d.]+)V112Z"/g),
  ].map(([, ...all]) => all.map(Number));
  expect(ends).toHaveLength(4);
  for (const [left, top, right] of ends.slice(0, 2)) {
    expect(right! - left!).toBeCloseTo(2.5, 1); // px
    expect(left).toBeGreaterThan(5);
    expect(right).toBeLessThan(651);
    expect(top).toBeLessThan(112 - 50);
  }
  expect(svg.length).toBeLessThan(40_000);
});

test.each([
  [{ type: 'heatmap', z: [[1, 2]] }, 'make it with heatmap'],
  [{ ...field.data[0]!, x: ['a', 'b', 'c'] }, 'without x and y'],
  [{ ...field.data[0]!, colorscale: 'Viridis' }, 'a colorscale of #rrggbb'],
  [{ type: 'histogram2d', x: [1], y: [1] }, 'count the values and use heatmap'],
])('what needs a browser is refused (%#)', async (trace, message) => {
  await expect(renderSvg({ data: [trace], layout: {} })).rejects.toThrow(message);
});
