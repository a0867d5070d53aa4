import { sharedDisplay } from './inNotebook.js';

/** How far work is, as one line. */
export interface Progress {
  /** @param fraction of the work that is done, 0 to 1, drawn as a bar where the line is a display */
  update(line: string, fraction?: number): void;
  /** The work has ended, well or not: the last line stays. */
  end(): void;
}

export interface ProgressOptions {
  /** Work that has ended by then shows nothing; default 300. */
  afterMilliseconds?: number;
  /** Between two changes of the line in a notebook; default 200. */
  everyMilliseconds?: number;
  /** Between two plain lines outside of notebooks; default 10,000. */
  lineMilliseconds?: number;
  /** Takes the plain lines; standard error when absent. */
  write?: (line: string) => void;
  /** Milliseconds from anywhere, which only rise; `performance.now` when absent. */
  now?: () => number;
}

/**
 * A line that changes in place in a notebook's cell, with a bar; plain lines, now and then and the last one, elsewhere. The
 * display's metadata say `progress: true`, for it holds times: what commits notebooks can leave it out.
 */
export function progress(options: ProgressOptions = {}): Progress {
  const { afterMilliseconds = 300, now = () => performance.now() } = options;
  const show = inCell(options) ?? plainLines(options);
  const begun = now();
  let shownAt = Number.NEGATIVE_INFINITY;
  let pending: (() => void) | undefined;
  return {
    update(line, fraction) {
      pending = () => show.line(line, fraction);
      const time = now();
      if (time - begun < afterMilliseconds || time - shownAt < show.everyMilliseconds) return;
      shownAt = time;
      pending();
      pending = undefined;
    },
    end() {
      if (now() - begun >= afterMilliseconds) pending?.();
      pending = undefined;
    },
  };
}

interface Show {
  everyMilliseconds: number;
  line(text: string, fraction: number | undefined): void;
}

function inCell({ everyMilliseconds = 200 }: ProgressOptions): Show | undefined {
  const display = sharedDisplay();
  if (!display) return undefined;
  const displayId = `progress-${globalThis.crypto.randomUUID()}`;
  let update = false;
  return {
    everyMilliseconds,
    line(text, fraction) {
      const bar =
        fraction === undefined ? '' : `<progress max="1" value="${fraction.toFixed(3)}"></progress> `;
      const bundle = { 'text/html': `${bar}<code>${escapeHtml(text)}</code>`, 'text/plain': text };
      display(bundle, { metadata: { progress: true }, displayId, update });
      update = true;
    },
  };
}

function plainLines({ lineMilliseconds = 10_000, write = toStderr }: ProgressOptions): Show {
  return { everyMilliseconds: lineMilliseconds, line: write };
}

const toStderr = (line: string) => console.error(line);

const escapeHtml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
