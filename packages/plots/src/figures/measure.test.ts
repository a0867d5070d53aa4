import { Resvg } from '@resvg/resvg-js';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { createMeasure } from './measure.js';

const measure = createMeasure(Resvg);

function box(markup: string) {
  const { window } = new JSDOM(`<svg>${markup}</svg>`, {});
  const { left, top, width, height } = measure([...window.document.querySelectorAll('svg > *')][0]!);
  return [left, top, width, height].map((value) => Math.round(value * 10) / 10);
}
const style = 'style="font-family: \'DejaVu Sans\'; font-size: 100px"';

// In DejaVu Sans 'm' advances 1995, a space 651, a bold 'm' 2134 of 2048 units; a line reaches 0.928 em up and 0.236 down.
test.each([
  ['a text', `<text x="5" y="7" ${style}>mm</text>`, [5, -85.8, 194.8, 116.4]],
  ['a space counts', `<text ${style}>m m</text>`, [0, -92.8, 226.6, 116.4]],
  ['bold', `<text ${style}><tspan style="font-weight: bold">m</tspan></text>`, [0, -92.8, 104.2, 116.4]],
  ['centred', `<text text-anchor="middle" ${style}>mm</text>`, [-97.4, -92.8, 194.8, 116.4]],
  ['right', `<text text-anchor="end" ${style}>mm</text>`, [-194.8, -92.8, 194.8, 116.4]],
  [
    'two lines',
    `<text ${style}><tspan class="line">m</tspan><tspan class="line">mm</tspan></text>`,
    [0, -92.8, 194.8, 246.4],
  ],
  ['an empty text', `<text ${style}></text>`, [0, -92.8, 0, 0]],
  [
    'a group',
    '<g><rect x="1" y="2" width="3" height="4"/><rect x="9" width="1" height="1"/></g>',
    [1, 0, 9, 6],
  ],
  ['moved', '<g transform="translate(10,20)"><rect width="3" height="4"/></g>', [10, 20, 3, 4]],
  ['turned', '<rect width="3" height="4" transform="rotate(-90)"/>', [0, -3, 4, 3]],
  [
    'turned, then moved',
    '<rect width="3" height="4" transform="translate(1,1) rotate(90,3,0)"/>',
    [0, -2, 4, 3],
  ],
  ['an empty group', '<g></g>', [0, 0, 0, 0]],
])('%s', (_, markup, expected) => {
  expect(box(markup)).toEqual(expected);
});
