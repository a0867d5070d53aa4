import type { MimeBundle } from '@pixelrnn/cell';
import { DataFrame, Series } from 'danfojs-node';
import { expect, test } from 'vitest';
import { frame } from './frame.js';

const html = (value: unknown) => String((frame.display(value) as MimeBundle)['text/html']);
const count = (text: string, part: string) => text.split(part).length - 1;

test('a DataFrame is a table, its text escaped and its numbers short', () => {
  const table = new DataFrame({ name: ['<a>', 'b & c'], value: [1 / 3, 2] }, { index: ['x', 'y'] });
  expect(html(table)).toBe(
    '<table><thead><tr><th></th><th>name</th><th>value</th></tr></thead><tbody>' +
      '<tr><th>x</th><td>&lt;a&gt;</td><td>0.333333</td></tr>' +
      '<tr><th>y</th><td>b &amp; c</td><td>2</td></tr></tbody></table><p>2 rows, 2 columns</p>',
  );
});

test('a Series is a table of one column', () => {
  const series = new Series([5, 6], { columns: ['loss'] });
  expect(html(series)).toContain('<th>loss</th></tr></thead><tbody><tr><th>0</th><td>5</td></tr>');
  expect(html(series)).toContain('<p>2 values, int32</p>');
});

test('of long and wide tables the ends are shown', () => {
  const long = html(new Series(Array.from({ length: 1000 }, (_, i) => i)));
  expect(count(long, '<tr>')).toBe(1 + 10 + 1 + 10);
  expect(long).toContain(
    '<tr><th>9</th><td>9</td></tr><tr><th>&hellip;</th><td>&hellip;</td></tr><tr><th>990</th>',
  );
  const wide = html(new DataFrame([Array.from({ length: 50 }, (_, i) => i)]));
  expect(count(wide, '<td>')).toBe(31);
  expect(wide).toContain('<p>1 rows, 50 columns</p>');
});

test('21 rows are shown whole', () => {
  expect(html(new Series(Array.from({ length: 21 }, (_, i) => i)))).not.toContain('&hellip;');
});

test.each([[null], [{ columns: ['a'], values: [[1]] }], [[1]]])('%j is no frame', (value) => {
  expect(frame.display(value)).toBeUndefined();
});
