import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countedProgress } from './countedProgress.js';
import { inNotebook } from './inNotebook.js';
import { type ProgressOptions, progress } from './progress.js';
import { type DisplayOptions, displaySymbol, type MimeBundle } from './protocol.js';

let time = 0;
let shown: { bundle: MimeBundle; options: DisplayOptions }[] = [];
let written: string[] = [];
const options: ProgressOptions = { now: () => time, write: (line) => written.push(line) };
const at = (milliseconds: number, act: () => void) => {
  time = milliseconds;
  act();
};

beforeEach(() => {
  time = 1000;
  shown = [];
  written = [];
});
afterEach(() => void Reflect.deleteProperty(globalThis, displaySymbol));

function enterNotebook(): void {
  const value = (bundle: MimeBundle, given: DisplayOptions = {}) => shown.push({ bundle, options: given });
  Object.defineProperty(globalThis, displaySymbol, { configurable: true, value });
}

describe('in a notebook', () => {
  beforeEach(enterNotebook);

  it('changes one line in place, not too often, and ends with the last', () => {
    expect(inNotebook()).toBe(true);
    const line = progress(options);
    for (const [milliseconds, text] of [
      [1100, 'too early'],
      [1300, 'first'],
      [1400, 'too soon'],
      [1500, 'second'],
      [1550, 'last'],
    ] as const) {
      at(milliseconds, () => line.update(text));
    }
    at(1600, () => line.end());
    line.end();
    expect(shown.map(({ bundle }) => bundle['text/plain'])).toEqual(['first', 'second', 'last']);
    expect(shown.map(({ options }) => options.update)).toEqual([false, true, true]);
    expect(new Set(shown.map(({ options }) => options.displayId)).size).toBe(1);
    expect(shown.every(({ options }) => options.metadata?.progress === true)).toBe(true);
    expect(written).toEqual([]);
  });

  it('says nothing of work that is done at once', () => {
    const line = progress(options);
    at(1100, () => line.update('done'));
    at(1299, () => line.end());
    expect(shown).toEqual([]);
  });

  it('draws a bar, and the line as text', () => {
    const line = progress(options);
    at(1400, () => line.update('3 < 4 & 5', 0.75));
    expect(shown[0]?.bundle['text/html']).toBe(
      '<progress max="1" value="0.750"></progress> <code>3 &lt; 4 &amp; 5</code>',
    );
  });

  it('has a display of its own each time', () => {
    for (const text of ['a', 'b']) {
      const line = progress({ ...options, afterMilliseconds: 0 });
      line.update(text);
    }
    expect(new Set(shown.map(({ options }) => options.displayId)).size).toBe(2);
  });
});

it('writes plain lines elsewhere, now and then and the last', () => {
  expect(inNotebook()).toBe(false);
  const line = progress(options);
  for (const milliseconds of [2000, 5000, 11_999, 12_000, 13_000]) {
    at(milliseconds, () => line.update(`at ${milliseconds}`));
  }
  at(13_001, () => line.end());
  expect(written).toEqual(['at 2000', 'at 12000', 'at 13000']);
});

it('counts, with rate and time left', () => {
  const counted = countedProgress(['evaluated', 'images'], { ...options, lineMilliseconds: 0 });
  at(1000, () => counted.update(0, 10_000));
  at(3000, () => counted.update(1200, 10_000));
  at(11_000, () => counted.update(50, 10_000));
  at(21_000, () => counted.update(10_000, 10_000));
  counted.end();
  expect(written).toEqual([
    'evaluated 1,200 of 10,000 images  600 images/s  0:15 left',
    'evaluated 50 of 10,000 images  5.0 images/s  33:10 left',
    'evaluated 10,000 of 10,000 images  500 images/s  0:20',
  ]);
});
