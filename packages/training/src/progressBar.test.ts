import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { progressBar, progressLine } from './progressBar.js';

const progress = (seconds: number) => ({
  step: 30,
  steps: 120,
  images: 480,
  seconds,
  train: 98.7654,
  imagesPerSecond: 312.4,
  secondsLeft: 65.2,
});

it('shows step, nats, images/s and time left', () => {
  expect(progressLine(progress(1))).toBe('step 30/120  98.77 nats  312 images/s  1:05 left');
  expect(progressLine({ ...progress(1), secondsLeft: Number.POSITIVE_INFINITY })).toContain('? left');
});

it('writes plain lines, not too many, where there is no terminal', () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
  const bar = progressBar('PixelCNN', { stream, lineSeconds: 10 });
  for (const seconds of [0, 4, 9, 12, 15, 30]) bar.update(progress(seconds));
  bar.stop();
  const lines = String(stream.read()).trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toBe('PixelCNN  step 30/120  98.77 nats  312 images/s  1:05 left');
});

it('draws a bar on a terminal', () => {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 120,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  }) as unknown as NodeJS.WriteStream & PassThrough;
  const bar = progressBar('PixelCNN', { stream });
  bar.update(progress(30));
  bar.stop();
  expect(String(stream.read())).toContain('step 30/120  98.77 nats');
});
