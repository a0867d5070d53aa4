import { convolutionMask, type MaskType } from '@pixelrnn/layers/plan';
import { find, say } from '../dom.js';

const cell = 34;
const names = ['red', 'green', 'blue'];

/** Masks A and B for the kernel and the colours that the reader chooses. */
export function startMasks(): void {
  const size = find(document, '#masks-size', HTMLSelectElement);
  const colors = find(document, '#masks-colors', HTMLSelectElement);
  const status = find(document, '#masks-status', HTMLElement);
  const draw = () => {
    const [kernel, count] = [Number(size.value), Number(colors.value)];
    const told = (['A', 'B'] as const).map((type) => {
      const { svg, own, live, all } = maskPicture(type, kernel, count);
      const table = count > 1 ? pairTable(own, count) : '';
      find(document, `#mask-${type}`, HTMLElement).innerHTML = svg + table;
      const text = `Mask ${type}: ${live} of ${all} weights ${live === 1 ? 'is' : 'are'} kept`;
      find(document, `#mask-${type}-caption`, HTMLElement).textContent = text;
      return text;
    });
    say(
      status,
      `Kernel ${kernel} × ${kernel}, ${count} ${count === 1 ? 'colour' : 'colours'}. ${told.join('. ')}.`,
    );
  };
  size.addEventListener('change', draw);
  colors.addEventListener('change', draw);
  draw();
}

/** A kernel of one map a colour, in and out: weights that are kept are filled; where colours differ, a square for each pair. */
function maskPicture(maskType: MaskType, kernel: number, colors: number) {
  const mask = convolutionMask({
    ...{ kernelHeight: kernel, kernelWidth: kernel, cin: colors, cout: colors, maskType, colors },
  });
  const pairs = colors * colors;
  const cells: string[] = [];
  const middle = (kernel - 1) / 2;
  for (let at = 0; at < kernel * kernel; at++) {
    const [row, column] = [Math.floor(at / kernel), at % kernel];
    const own = mask.subarray(at * pairs, (at + 1) * pairs);
    const [left, top] = [column * cell, row * cell];
    if (row === middle && column === middle && colors > 1) cells.push(pairSquares(own, colors, left, top));
    else cells.push(square(left + 1, top + 1, cell - 2, own[0] !== 0, place(row - middle, column - middle)));
  }
  cells.push(
    `<rect class="centre" x="${middle * cell + 0.5}" y="${middle * cell + 0.5}" width="${cell - 1}" height="${cell - 1}" rx="3"/>`,
  );
  const live = mask.reduce((sum, value) => sum + value, 0);
  const side = kernel * cell;
  const label = `Mask ${maskType}, ${kernel} by ${kernel}: ${live} of ${mask.length} weights kept`;
  const svg = `<svg viewBox="0 0 ${side} ${side}" role="img" aria-label="${label}">${cells.join('')}</svg>`;
  const at = (middle * kernel + middle) * pairs;
  return { svg, own: mask.subarray(at, at + pairs), live, all: mask.length };
}

/** The middle: a column an input colour, a row an output colour. */
function pairSquares(own: Float32Array, colors: number, left: number, top: number): string {
  const small = (cell - 4) / colors;
  return Array.from(own, (value, i) => {
    const [input, output] = [Math.floor(i / colors), i % colors];
    const title = `${names[output]} ${value ? 'reads' : 'does not read'} ${names[input]} of its own pixel`;
    return square(
      left + 2 + input * small + 0.5,
      top + 2 + output * small + 0.5,
      small - 1,
      value !== 0,
      title,
    );
  }).join('');
}

/** The middle again, with its axes named. */
function pairTable(own: Float32Array, colors: number): string {
  const all = names.slice(0, colors);
  const rows = all.map((drawn, output) => {
    const cells = all.map((_, input) =>
      own[input * colors + output] ? '<td class="reads">reads</td>' : '<td>no</td>',
    );
    return `<tr><th scope="row">${drawn}</th>${cells.join('')}</tr>`;
  });
  const heads = all.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<table class="pairs"><caption>The middle: a row for the colour drawn, a column for one that it may read</caption><thead><tr><th scope="col">drawn</th>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function place(row: number, column: number): string {
  const vertical = row === 0 ? 'same row' : `${Math.abs(row)} ${row < 0 ? 'up' : 'down'}`;
  const horizontal = column === 0 ? 'same column' : `${Math.abs(column)} ${column < 0 ? 'left' : 'right'}`;
  return `${vertical}, ${horizontal}`;
}

const square = (x: number, y: number, side: number, kept: boolean, title: string) =>
  `<rect class="${kept ? 'kept' : 'dropped'}" x="${x}" y="${y}" width="${side}" height="${side}" rx="2"><title>${title}: ${kept ? 'kept' : 'zero'}</title></rect>`;
