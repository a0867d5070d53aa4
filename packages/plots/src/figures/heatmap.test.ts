import { expect, test } from 'vitest';
import type { JsonObject } from './figure.js';
import { heatmap } from './heatmap.js';

const options = { title: 'Receptive field', unit: 'bits' };

test('values stand row by row from the top, with their unit in the hover label', () => {
  const { data, layout } = heatmap({
    ...options,
    values: [new Float32Array([0.1, 1.5, Number.NaN]), [2, null, 3]],
    mark: { row: 1, column: 0 },
  });
  expect(data).toMatchObject([
    {
      type: 'heatmap',
      z: [
        [0.1, 1.5, null],
        [2, null, 3],
      ],
      zmin: 0.1,
      zmax: 3,
      hovertemplate: 'row %{y}, column %{x}: %{z:.4~g} bits<extra></extra>',
      colorbar: { title: { text: 'bits' } },
    },
  ]);
  expect(layout).toMatchObject({
    title: { text: 'Receptive field' },
    xaxis: { range: [-0.5, 2.5], title: { text: 'column' }, dtick: 1 },
    yaxis: { range: [1.5, -0.5], title: { text: 'row' }, scaleanchor: 'x' },
    shapes: [{ type: 'rect', x0: -0.5, x1: 0.5, y0: 0.5, y1: 1.5 }],
    hoverlabel: { namelength: -1 },
    meta: { description: '2 rows, 3 columns; bits from 0.1 to 3; row 1, column 0 marked.' },
  });
});

test('values on both sides of 0 diverge from it, others do not', () => {
  const scale = (values: number[][], more = {}) => {
    const { zmin, zmax, colorscale } = heatmap({ ...options, values, ...more }).data[0]!;
    return [(colorscale as string[][])[0]![1], zmin, zmax];
  };
  expect(scale([[-1, 3]])).toEqual(['#053061', -3, 3]);
  expect(scale([[1, 3]])).toEqual(['#00204c', 1, 3]);
  expect(scale([[-4, -3]])).toEqual(['#00204c', -4, -3]);
  expect(scale([[1, 3]], { scale: 'diverging' })).toEqual(['#053061', -3, 3]);
  expect(scale([[0, 0]], { scale: 'diverging' })).toEqual(['#053061', -1, 1]);
  expect(scale([[7, 7]])).toEqual(['#00204c', 6.5, 7.5]);
  expect(scale([[0, 9]], { range: [0, 8] })).toEqual(['#00204c', 0, 8]);
});

test.each([
  [28, 28, 15, 4],
  [3, 3, 64, 1],
  [64, 32, 6, 8],
  [500, 500, 1, 64],
])('%d x %d cells are %d px, square, with a tick every %d', (rows, columns, side, tick) => {
  const { layout } = heatmap({
    ...options,
    values: Array.from({ length: rows }, () => new Float32Array(columns)),
  });
  const { l, r, t, b } = layout.margin as Record<'l' | 'r' | 't' | 'b', number>;
  expect([(layout.width as number) - l - r, (layout.height as number) - t - b]).toEqual([
    columns * side,
    rows * side,
  ]);
  expect((layout.yaxis as JsonObject).dtick).toBe(tick);
});

test('a single row is as high as its scale of colours needs, and may be stretched', () => {
  const { layout } = heatmap({ ...options, values: [new Float32Array(256)] });
  expect(layout.height).toBe(64 + 64 + 64);
  expect(layout.yaxis).not.toHaveProperty('scaleanchor');
});

test.each([
  [{ values: [] }, 'at least one row and one column'],
  [{ values: [[1, 2], [1]] }, 'row 0 has 2 values, row 1 has 1'],
  [{ values: [[1, Number.POSITIVE_INFINITY]] }, 'got Infinity at row 0, column 1'],
  [{ values: [[null]] }, 'at least one finite value'],
  [{ values: [[1]], mark: { row: 0, column: 1 } }, 'got row 0, column 1'],
  [{ values: [[1]], range: [2, 1] as [number, number] }, 'must be two finite numbers that rise, got 2 to 1'],
  [{ values: [[1]], scale: 'diverging' as const, range: [0, 1] as [number, number] }, 'middle at 0'],
])('bad input is refused (%#)', (bad, message) => {
  expect(() => heatmap({ ...options, ...bad })).toThrow(message);
});
