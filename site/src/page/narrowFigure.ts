import type { Figure, Json, JsonObject } from '@pixelrnn/plots';

/** Below so many px, labels beside a figure leave no room for it. */
export const narrow = 640;
/** What labels must leave of a place, px. */
const leastPlot = 280;
const lineHeight = 16;
/** Between a row's marks and what stands above them, and what its marks take, px. */
const [aboveMarks, marks] = [7, 26];
const keyHeight = 30;
/** About how wide a character is, em. */
const characterWidth = 0.57;

interface Annotation extends JsonObject {
  text: string;
  showarrow: boolean;
}

interface Axis extends JsonObject {
  title: { text: string };
}

/** A figure no wider than its place, px: its plot gives up width, and where that does not do its labels stand elsewhere. */
export function fitted({ data, layout }: Figure, room: number): Figure {
  const { width, margin } = layout as { width: number; margin: { l: number; r: number } };
  if (room < narrow || (width > room && margin.l + margin.r + leastPlot > room)) {
    return narrowed({ data, layout }, room);
  }
  return width <= room ? { data, layout } : { data, layout: { ...layout, width: room } };
}

/** A figure for a narrow place, `width` px: rows have names and numbers above them, and lines are named below. */
export function narrowed(figure: Figure, width: number): Figure {
  return (figure.layout.yaxis as JsonObject).ticktext
    ? narrowTable(figure, width)
    : narrowCurve(figure, width);
}

/** Lines of a text of so many px a line, at most; it may have breaks already. */
function wrapped(text: string, width: number, size: number): string[] {
  const most = Math.floor(width / (size * characterWidth));
  return text.split('<br>').flatMap((line) => {
    const lines: string[] = [];
    for (const word of line.split(' ')) {
      const last = lines.at(-1);
      if (last === undefined || last.length + 1 + word.length > most) lines.push(word);
      else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines;
  });
}

const left = { xref: 'paper', x: 0, xanchor: 'left', align: 'left', showarrow: false } as const;

function narrowTable({ data, layout }: Figure, width: number): Figure {
  const { margin, xaxis, yaxis, annotations } = layout as {
    margin: { b: number };
    xaxis: Axis;
    yaxis: JsonObject;
    annotations: Annotation[];
  };
  const names = (yaxis.ticktext as string[]).map((name) => wrapped(name, width - 28, 12));
  const headers = annotations.filter(({ yref, name }) => yref === 'paper' && name !== 'note');
  const above = aboveMarks + lineHeight * (1 + Math.max(...names.map(({ length }) => length)));
  const row = above + marks;
  const over = Math.max(0, above - row / 2); // what the first row has above the plot
  const title = wrapped(xaxis.title.text.replace(/ \(|<br>\(/, '<br>('), width - 12, 15);
  const titleMore = lineHeight * (title.length - 1);
  const notes = annotations
    .filter(({ name }) => name === 'note')
    .map((note) => ({ note, lines: wrapped(note.text, width - 28, 12) }));
  const noteMore = notes.reduce((sum, { lines }) => sum + lineHeight * (lines.length - 1), 0);
  const bottom = margin.b + titleMore + noteMore;
  const top = over + keyHeight;
  const columns = headers.flatMap((header) => {
    const own = annotations.filter(
      ({ text, yref, xshift }) => yref === 'y' && xshift === header.xshift && text !== '–',
    );
    if (own.length === 0) return [];
    const longest = Math.max(8, ...own.map(({ text }) => text.length + 2));
    return [{ header, own, mark: /[◇●]/.exec(header.text)?.[0] ?? '', width: Math.ceil(longest * 7.5) + 12 }];
  });
  const shift = (index: number) => columns.slice(0, index).reduce((sum, column) => sum + column.width, 0);
  return {
    data,
    layout: {
      ...layout,
      width,
      height: top + row * names.length + bottom,
      margin: { ...margin, l: 12, r: 16, t: top, b: bottom },
      xaxis: { ...xaxis, title: { ...xaxis.title, text: title.join('<br>') } },
      yaxis: { ...yaxis, showticklabels: false, ticks: '' },
      annotations: [
        ...names.map((lines, y) => ({
          ...left,
          ...{ text: lines.join('<br>'), y, yanchor: 'bottom', yshift: aboveMarks + lineHeight },
          font: { size: 12 },
        })),
        ...columns.map(({ header }, i) => ({ ...header, ...left, xshift: shift(i), yshift: over + 4 })),
        ...columns.flatMap(({ own, mark }, i) =>
          own.map((cell) => ({
            ...{ ...cell, ...left, text: `${mark} ${cell.text}`, xshift: shift(i) },
            ...{ yanchor: 'bottom', yshift: aboveMarks, font: { ...(cell.font as object), size: 12 } },
          })),
        ),
        ...notes.map(({ note, lines }) => ({
          ...{ ...note, ...left, text: lines.join('<br>'), xshift: 0 },
          ...{ yanchor: 'top', yshift: (note.yshift as number) - titleMore + lineHeight / 2 },
        })),
      ] as Json[],
    },
  };
}

/** Lines as characters. */
const strokes: Record<string, string> = { solid: '━', dash: '╍', dot: '┈', dashdot: '┉' };

function narrowCurve({ data, layout }: Figure, width: number): Figure {
  const { margin, height, annotations } = layout as {
    margin: { t: number; b: number };
    height: number;
    annotations: Annotation[];
  };
  const room = width - 24;
  const dashOf = (text: string): string | undefined =>
    data
      .filter(({ name }) => text.startsWith(`${name}: `))
      .map(({ line }) => (line as { dash: string }).dash)
      .at(-1);
  const names = annotations
    .filter(({ showarrow }) => showarrow)
    .map((label) => {
      const beyond = /[↓↑]$/.test(label.text); // has no line
      const stroke = beyond ? '' : `${strokes[dashOf(label.text) ?? ''] ?? '┅'} `;
      return { label, lines: wrapped(`${stroke}${label.text}`, room, 12) };
    });
  const keys = annotations.filter(({ showarrow }) => !showarrow);
  const keyLines = keys.map(({ text }) => wrapped(text, room, 12));
  const top = 12 + lineHeight * Math.max(1, ...keyLines.map(({ length }) => length));
  const below = names.reduce((sum, { lines }) => sum + lines.length, 0) * lineHeight;
  let line = 0;
  const placed = names.map(({ label, lines }) => {
    const yshift = -(margin.b + line * lineHeight);
    line += lines.length;
    return {
      ...left,
      ...{ text: lines.join('<br>'), yref: 'paper', y: 0, yanchor: 'top', xshift: -52, yshift },
      font: { ...(label.font as object), size: 12 },
    };
  });
  return {
    data,
    layout: {
      ...layout,
      width,
      height: height - margin.t + top + below + 8,
      margin: { ...margin, t: top, l: 60, r: 12, b: margin.b + below + 8 },
      annotations: [
        ...placed,
        ...keys.map((key, i) => ({ ...key, ...left, text: keyLines[i]?.join('<br>'), xshift: -52 })),
      ] as Json[],
    },
  };
}
