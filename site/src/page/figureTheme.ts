import type { Figure, Json } from '@pixelrnn/plots';

/** What `@pixelrnn/plots` leaves for a title, px. */
const titleHeight = 36;
/** Colours of `@pixelrnn/plots`, as they are on the page: on its own ground, and brighter where that is dark. */
const light: Record<string, string> = {
  '#ffffff': 'rgba(0,0,0,0)',
  '#222222': '#1c1d20',
  '#6b6b6b': '#5c5f66',
};
const dark: Record<string, string> = {
  '#ffffff': 'rgba(0,0,0,0)',
  '#222222': '#e9e7e2',
  '#6b6b6b': '#a3a8b3',
  '#e6e6e6': '#31353d',
  '#000000': '#e9e7e2',
  '#0072b2': '#6db7ee',
  '#d55e00': '#ff9a4d',
  '#009e73': '#38c99c',
  '#cc79a7': '#e59ac4',
};

/** A figure in the colours of the page, which has its title in a heading already. */
export function inTheme({ data, layout }: Figure, isDark: boolean): Figure {
  const colors = isDark ? dark : light;
  const colored = (value: string) => {
    const [color, alpha] = [value.slice(0, 7).toLowerCase(), value.slice(7)]; // '#rrggbb', and how pale it is
    return colors[color] === undefined ? value : `${colors[color]}${alpha}`;
  };
  const themed = (value: Json, key: string): Json => {
    if (typeof value === 'string') return /color$/.test(key) ? colored(value) : value;
    if (Array.isArray(value)) return value.map((entry) => themed(entry, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, themed(entry, name)]));
  };
  const own = themed(layout, '') as Figure['layout'];
  const [ink, muted, card, edge] = isDark
    ? ['#e9e7e2', '#a3a8b3', '#1b1e24', '#565c68']
    : ['#1c1d20', '#5c5f66', '#ffffff', '#b8b4aa'];
  return {
    data: themed(data, '') as Figure['data'],
    layout: {
      ...own,
      title: { text: '' },
      height: (own.height as number) - titleHeight,
      margin: { ...(own.margin as object), t: (own.margin as { t: number }).t - titleHeight },
      modebar: { bgcolor: 'rgba(0,0,0,0)', color: muted, activecolor: ink },
      hoverlabel: {
        ...{ bgcolor: card, bordercolor: edge, namelength: -1, align: 'left' },
        font: { color: ink, family: 'system-ui, sans-serif' },
      },
    },
  };
}

/** A figure under a finger: the page scrolls, nothing zooms. */
export function untouched({ data, layout }: Figure): Figure {
  const axes = Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name));
  return {
    data,
    layout: {
      ...layout,
      dragmode: false,
      ...Object.fromEntries(axes.map(([name, axis]) => [name, { ...(axis as object), fixedrange: true }])),
    },
  };
}
