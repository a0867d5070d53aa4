import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { progressBar, progressBars, progressLine } from './progressBar.js';

const progress = (seconds: number) => ({
  step: 30,
  steps: 120,
  images: 480,
  seconds,
  train: 98.76543,
  imagesPerSecond: 312.4,
  secondsLeft: 65.2,
});

type Stream = NodeJS.WriteStream & PassThrough;
const pipe = () => new PassThrough() as unknown as Stream;
const terminal = () =>
  Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 120,
    rows: 40,
    cursorTo: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
    moveCursor: () => true,
  }) as unknown as Stream;

describe('progressLine', () => {
  it('shows step, loss, images/s and time left', () => {
    expect(progressLine(progress(1))).toBe('step 30/120  98.7654 nats  312 images/s  1:05 left');
    const bits = { name: 'bits/dim', dimensions: 3072 } as const;
    expect(progressLine({ ...progress(1), train: 3072 * 3 * Math.LN2 }, bits)).toContain(
      '  3.0000 bits/dim  ',
    );
  });

  it('shows slow rates, long times, unknown times and skipped updates', () => {
    const line = progressLine({ ...progress(1), imagesPerSecond: 0.456, secondsLeft: 90_061, skipped: 2 });
    expect(line).toBe('step 30/120  98.7654 nats  0.46 images/s  25:01:01 left  2 skipped');
    expect(progressLine({ ...progress(1), secondsLeft: Number.POSITIVE_INFINITY })).toContain('? left');
  });
});

it('writes plain lines, not too many, where there is no terminal', () => {
  const stream = pipe();
  const bar = progressBar('PixelCNN', { stream, lineSeconds: 10 });
  for (const seconds of [0, 4, 9, 12, 15, 30]) bar.update(progress(seconds));
  bar.stop();
  const lines = String(stream.read()).trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toBe('PixelCNN  step 30/120  98.7654 nats  312 images/s  1:05 left');
});

it('draws a bar on a terminal', () => {
  const stream = terminal();
  const bar = progressBar('PixelCNN', { stream });
  bar.update(progress(30));
  bar.stop();
  expect(String(stream.read())).toContain('step 30/120  98.7654 nats');
});

it('draws bars below each other on a terminal, plain lines elsewhere', () => {
  for (const stream of [terminal(), pipe()]) {
    const bars = progressBars({ stream });
    const [first, second] = [bars.add('first'), bars.add('second', { name: 'bits/dim', dimensions: 1 })];
    first.update(progress(30));
    second.update(progress(30));
    bars.log('something to say');
    bars.stop();
    const text = String(stream.read());
    expect(text).toMatch(/first.*98\.7654 nats/);
    expect(text).toMatch(/second.*142\.4884 bits\/dim/);
    expect(text).toContain('something to say');
  }
});
