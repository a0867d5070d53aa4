import { find } from './dom.js';

const listeners = new Set<() => void>();
const dark = matchMedia('(prefers-color-scheme: dark)');
const stored = 'pixelrnn-theme';

/** Where a browser keeps nothing for this page, the choice lasts as long as the page does. */
function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** Calls when the colours of the page have changed. */
export const onThemeChange = (listener: () => void): void => {
  listeners.add(listener);
};

export const isDark = (): boolean => {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === 'dark' : dark.matches;
};

const resolved = new Map<string, string>();

/** A colour of the style sheet as `rgb(r, g, b)`. */
export function themeColor(name: string): string {
  const known = resolved.get(name);
  if (known) return known;
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  resolved.set(name, color);
  return color;
}

/** Red, green and blue of a colour of the style sheet, 0 to 255. */
export function themeChannels(name: string): [number, number, number] {
  const [red = 0, green = 0, blue = 0] = (themeColor(name).match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

function changed(): void {
  resolved.clear();
  for (const listener of listeners) listener();
}

/** The button that turns light into dark; the system decides until it is pressed. */
export function startTheme(): void {
  const button = find(document, '#theme', HTMLButtonElement);
  const show = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', isDark() ? 'Change to light colours' : 'Change to dark colours');
  };
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    storage()?.setItem(stored, theme);
    show();
    changed();
  });
  dark.addEventListener('change', () => {
    show();
    changed();
  });
  const theme = storage()?.getItem(stored);
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  show();
}
