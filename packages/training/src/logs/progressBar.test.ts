import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { progressBars, progressLine } from './progressBar.js';

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

it('writes plain lines where there is no terminal, not too many, and the last', () => {
  const stream = pipe();
  const bar = progressBars({ stream, lineSeconds: 10 }).add('PixelCNN');
  for (const seconds of [0, 4, 9, 12, 15, 30, 31]) bar.update({ ...progress(seconds), step: seconds });
  bar.stop();
  bar.stop();
  const lines = String(stream.read()).trimEnd().split('\n');
  expect(lines.map((line) => /step (\d+)/.exec(line)?.[1])).toEqual(['0', '12', '30', '31']);
  expect(lines[0]).toBe('PixelCNN  step 0/120  98.7654 nats  312 images/s  1:05 left');
});

it('writes every validation in a line of its own, after the loss of that step', () => {
  const stream = pipe();
  const bar = progressBars({ stream, lineSeconds: 10 }).add('PixelCNN');
  const { train: _, ...noLoss } = progress(5);
  for (const seconds of [0, 5]) bar.update({ ...progress(seconds), step: seconds });
  bar.update({ ...noLoss, step: 5, valid: 99.5 });
  bar.update({ ...progress(9), step: 9 });
  bar.stop();
  expect(String(stream.read()).trimEnd().split('\n')).toEqual([
    'PixelCNN  step 0/120  98.7654 nats  312 images/s  1:05 left',
    'PixelCNN  step 5/120  98.7654 nats  312 images/s  1:05 left',
    'PixelCNN  step 5/120  99.5000 nats on validation images  312 images/s  1:05 left',
    'PixelCNN  step 9/120  98.7654 nats  312 images/s  1:05 left',
  ]);
});

it('keeps the last validation in sight on a terminal', () => {
  const stream = terminal();
  const bars = progressBars({ stream });
  const bar = bars.add('PixelCNN');
  const { train: _, ...noLoss } = progress(30);
  bar.update(progress(30));
  bar.update({ ...noLoss, valid: 99.5 });
  bar.update({ ...progress(31), step: 31 });
  bar.stop();
  bars.stop();
  expect(String(stream.read())).toMatch(
    /PixelCNN {2}step 31\/120 {2}98\.7654 nats {2}99\.5000 nats on validation images/,
  );
});

it('draws bars below each other on a terminal', () => {
  const stream = terminal();
  const bars = progressBars({ stream });
  const [first, second] = [bars.add('first'), bars.add('second', { name: 'bits/dim', dimensions: 1 })];
  first.update(progress(30));
  second.update(progress(30));
  bars.log('something to say');
  const drawn = String(stream.read());
  expect(drawn).toContain('something to say');
  expect(drawn).toMatch(/first .+ step 30\/120 {2}98\.7654 nats/);
  expect(drawn).toMatch(/second .+ step 30\/120 {2}142\.4884 bits\/dim/);
  first.stop();
  first.stop();
  bars.stop();
  const last = String(stream.read());
  expect(last.split('first  step 30/120')).toHaveLength(2); // its last line, once
});
