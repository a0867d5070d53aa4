import type { Figure } from '@pixelrnn/plots';
import type { SiteManifest } from '../manifest.js';
import { make, whenNear } from './dom.js';
import { inTheme, untouched } from './figureTheme.js';
import { fileContent, loadScript } from './files.js';
import { fitted, narrow } from './narrowFigure.js';
import { isDark, onThemeChange } from './theme.js';

interface Plotly {
  react(
    place: HTMLElement,
    data: Figure['data'],
    layout: Figure['layout'],
    config: Record<string, unknown>,
  ): Promise<unknown>;
}

/** What a figure's script holds: beside the figure the words for who does not see it. */
type DescribedFigure = Figure & { description: string };

let plotly: Promise<Plotly> | null = null;

function loadPlotly(address: string): Promise<Plotly> {
  plotly ??= loadScript(address).then(() => (globalThis as unknown as { Plotly: Plotly }).Plotly);
  plotly.catch(() => {
    plotly = null;
  });
  return plotly;
}

const config = { displaylogo: false, responsive: false, modeBarButtonsToRemove: ['select2d', 'lasso2d'] };

/** Figures are drawn by Plotly when they come into view; the tables say the same before. */
export function startFigures(manifest: SiteManifest): void {
  const shown = new Map<HTMLElement, DescribedFigure>();
  const draw = async (place: HTMLElement): Promise<void> => {
    const { figure: name = '', script = '' } = place.dataset;
    try {
      const figure = shown.get(place) ?? ((await fileContent({ name, script })) as DescribedFigure);
      const { react } = await loadPlotly(manifest.plotly);
      if (!shown.has(place)) place.replaceChildren();
      shown.set(place, figure);
      place.setAttribute('aria-label', figure.description);
      const room = (place.closest('.plot') as HTMLElement).clientWidth;
      const touched = matchMedia('(pointer: coarse)').matches;
      const shownHere = fitted(inTheme(figure, isDark()), room);
      const { data, layout } = touched ? untouched(shownHere) : shownHere;
      // Its buttons zoom and pan, and would lie over the names of a narrow figure.
      await react(
        place,
        data,
        layout,
        touched || room < narrow ? { ...config, displayModeBar: false } : config,
      );
    } catch (error) {
      shown.delete(place);
      place.replaceChildren(
        make('p', {
          className: 'wrong',
          textContent: `The figure is not shown: ${(error as Error).message}.`,
        }),
      );
    }
  };
  for (const place of document.querySelectorAll<HTMLElement>('[data-figure]')) {
    whenNear(place, () => draw(place));
  }
  const redraw = () => {
    for (const place of shown.keys()) draw(place);
  };
  onThemeChange(redraw);
  // A phone that is turned; the width alone, as phones change the height while scrolling.
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth !== width) redraw();
    width = innerWidth;
  });
  for (const group of document.querySelectorAll('.switch')) startSwitch(group);
}

/** Buttons of which one is pressed, each for a figure beside them. */
function startSwitch(group: Element): void {
  const buttons = [...group.querySelectorAll('button')];
  for (const button of buttons) {
    button.addEventListener('click', () => {
      for (const other of buttons) {
        const pressed = other === button;
        other.setAttribute('aria-pressed', String(pressed));
        const place = document.querySelector<HTMLElement>(`[data-figure="${other.dataset.show}"]`);
        if (place) place.hidden = !pressed;
      }
    });
  }
}
