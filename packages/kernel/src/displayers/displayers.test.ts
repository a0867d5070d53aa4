import { displayersSymbol, displaySymbol, type MimeBundle, ownDisplaySymbol } from '@pixelrnn/cell';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { display, KernelError, registerDisplayer } from '../index.js';
import { bundleOf, sendable } from './registry.js';

const globals = globalThis as { [displayersSymbol]?: unknown; [displaySymbol]?: unknown };
const complaints: string[] = [];
const bundle = (value: unknown) => bundleOf(value, (sentence) => complaints.push(sentence));
const text = async (value: unknown) => (await bundle(value))['text/plain'];

beforeEach(() => {
  complaints.length = 0;
});
afterEach(() => {
  delete globals[displayersSymbol];
  delete globals[displaySymbol];
});

describe('built-in displayers', () => {
  test('values that say how they look', async () => {
    const sync = { [ownDisplaySymbol]: () => ({ 'text/html': '<b>1</b>' }) };
    class Later {
      #word = 'later';
      async [ownDisplaySymbol]() {
        return { 'text/plain': this.#word };
      }
    }
    expect(await bundle(sync)).toEqual({ 'text/html': '<b>1</b>', 'text/plain': '[text/html]' });
    expect(await bundle(new Later())).toEqual({ 'text/plain': 'later' });
    expect(complaints).toEqual([]);
  });

  test('one that fails, or answers nothing, is said and inspected', async () => {
    const broken = {
      a: 1,
      [ownDisplaySymbol]() {
        throw new Error('no ink');
      },
    };
    expect(await text(broken)).toContain('a: 1');
    expect(await text({ [ownDisplaySymbol]: () => 'text' })).toContain('Symbol(Jupyter.display)');
    expect(complaints).toEqual([
      "The displayer 'Jupyter.display' failed: no ink",
      "The displayer 'Jupyter.display' failed: it must return an object with a content for each MIME type",
    ]);
  });

  test('bytes of pictures', async () => {
    const png = Buffer.from('89504e470d0a1a0a00', 'hex');
    expect(await bundle(new Uint8Array(png))).toEqual({
      'image/png': png.toString('base64'),
      'text/plain': 'PNG image, 9 bytes',
    });
    expect(await bundle(Buffer.from('ffd8ffe0', 'hex'))).toHaveProperty('image/jpeg', '/9j/4A==');
    expect(await bundle(Buffer.from('GIF89a'))).toHaveProperty('image/gif');
    expect(await bundle(Buffer.from([1, 2]))).toEqual({ 'text/plain': '<Buffer 01 02>' });
  });

  test('tensors, without leaving one behind', async () => {
    await tf.setBackend('cpu');
    const tensors = [
      tf.tensor2d([
        [1, 2.5],
        [1 / 3, -4],
      ]),
      tf.range(0, 1000),
      tf.tensor(['a']),
      tf.scalar(3),
    ];
    const before = tf.memory().numTensors;
    expect(await Promise.all(tensors.map(text))).toEqual([
      'Tensor float32 [2, 2]: 1, 2.5, 0.333333, -4',
      'Tensor float32 [1000]: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 1000 values',
      'Tensor string [1]: a',
      'Tensor float32 []: 3',
    ]);
    expect(tf.memory().numTensors).toBe(before);
    tensors[0]!.dispose();
    expect(await text(tensors[0])).toBe('Tensor float32 [2, 2], disposed');
    expect(await text(tf.variable(tf.zeros([2]), true, 'weights'))).toBe('Tensor float32 [2]: 0, 0');
    expect(complaints).toEqual([]);
  });

  test('models by their summary', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    expect(await text(model)).toContain('Total params: 8');
    expect(await text({ layers: [1], summary: () => {} })).toContain('layers: [ 1 ]');
  });

  test('everything else as Node prints it, cut where it is long', async () => {
    expect(await bundle({ a: { b: { c: { d: { e: 1 } } } } })).toEqual({
      'text/plain': '{\n  a: { b: { c: { d: [Object] } } }\n}',
    });
    expect(await text('two\nlines')).toBe("'two\\nlines'");
    expect(await text(Array.from({ length: 1000 }, (_, i) => i))).toContain('900 more items');
  });
});

describe('registered displayers', () => {
  class Point {
    constructor(readonly x: number) {}
  }
  const point = (prefix: string) => ({
    name: 'point',
    display: (value: unknown) =>
      value instanceof Point ? { 'text/plain': `${prefix}${value.x}` } : undefined,
  });

  test('are asked first, the last one before others; one of the same name takes its place', async () => {
    registerDisplayer(point('old '));
    registerDisplayer(point('new '));
    expect(await text(new Point(1))).toBe('new 1');
    expect(globals[displayersSymbol]).toHaveLength(1);
    expect(await text([1])).toBe('[ 1 ]');
  });

  test('can be pushed by a library that does not import this package', async () => {
    globals[displayersSymbol] = [point('pushed ')];
    expect(await text(new Point(2))).toBe('pushed 2');
  });

  test('show values in the middle of a cell, with options', async () => {
    registerDisplayer(point(''));
    await expect(display(new Point(3))).rejects.toThrow(KernelError);
    const shown: unknown[] = [];
    globals[displaySymbol] = (data: MimeBundle, options: unknown) => shown.push([data, options]);
    await display(new Point(3), { displayId: 'p', update: true });
    expect(shown).toEqual([[{ 'text/plain': '3' }, { displayId: 'p', update: true }]]);
  });
});

test('bytes in a bundle are sent as base64, of a view only its part', () => {
  const bytes = new Uint8Array([9, 1, 2, 3]).subarray(1);
  expect(sendable({ 'image/png': bytes, 'text/plain': 'x' })).toEqual({
    'image/png': 'AQID',
    'text/plain': 'x',
  });
});
