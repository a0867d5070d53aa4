import type { Displayer } from '@pixelrnn/cell';

const ends = 10;
const mostColumns = 30;

interface Frame {
  columns: unknown[];
  index: unknown[];
  dtypes: unknown[];
  values: unknown[];
  shape: number[];
  $isSeries: boolean;
}

function isFrame(value: unknown): value is Frame {
  if (typeof value !== 'object' || value === null || !('$isSeries' in value)) return false;
  const { columns, index, dtypes, values, shape } = value as Partial<Frame>;
  return [columns, index, dtypes, values, shape].every(Array.isArray);
}

const escapeHtml = (value: unknown) =>
  String(value).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

const tag = (name: string, content: string) => `<${name}>${content}</${name}>`;

const cellText = (value: unknown) =>
  typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(6))) : value;

/** The first and last entries of a long list, null for those left out between them. */
function cut<T>(list: readonly T[], head: number, tail: number): (T | null)[] {
  return list.length <= head + tail + 1
    ? [...list]
    : [...list.slice(0, head), null, ...list.slice(list.length - tail)];
}

/** DataFrames and Series of danfojs as HTML tables, the first and last ten rows of long ones. */
export const frame: Displayer = {
  name: 'frame',
  display(value) {
    if (!isFrame(value)) return undefined;
    const positions = cut([...value.index.keys()], ends, ends);
    const columns = cut([...value.columns.keys()], mostColumns, 0);
    const gap = tag('td', '&hellip;');
    const row = (position: number | null) => {
      if (position === null) return tag('tr', tag('th', '&hellip;') + gap.repeat(columns.length));
      const entries = value.$isSeries ? [value.values[position]] : (value.values[position] as unknown[]);
      const cells = columns.map((column) =>
        column === null ? gap : tag('td', escapeHtml(cellText(entries[column]))),
      );
      return tag('tr', tag('th', escapeHtml(value.index[position])) + cells.join(''));
    };
    const titles = columns.map((column) =>
      tag('th', column === null ? '&hellip;' : escapeHtml(value.columns[column])),
    );
    const size = value.$isSeries
      ? `${value.index.length} values, ${value.dtypes.join(', ')}`
      : `${value.index.length} rows, ${value.columns.length} columns`;
    const table = tag(
      'table',
      tag('thead', tag('tr', tag('th', '') + titles.join(''))) + tag('tbody', positions.map(row).join('')),
    );
    return { 'text/html': `${table}<p>${size}</p>`, 'text/plain': `${String(value)}\n${size}` };
  },
};
