import { afterEach, expect, test, vi } from 'vitest';

const symbol = Symbol.for('jupyter.display');
const prepareDrawing = vi.fn();

afterEach(() => {
  Reflect.deleteProperty(globalThis, symbol);
  vi.doUnmock('./render/renderSvg.js');
  vi.resetModules();
  prepareDrawing.mockClear();
});

async function importPackage() {
  vi.doMock('./render/renderSvg.js', () => ({ prepareDrawing, renderSvg: vi.fn() }));
  await import('./index.js');
}

test('in a notebook importing the package loads what figures need, after the import', async () => {
  Object.defineProperty(globalThis, symbol, { configurable: true, value: () => undefined });
  await importPackage();
  expect(prepareDrawing).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(prepareDrawing).toHaveBeenCalledTimes(1));
});

test('elsewhere nothing is loaded', async () => {
  await importPackage();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(prepareDrawing).not.toHaveBeenCalled();
});

test('what was loaded before draws the first figure', async () => {
  const { prepareDrawing: prepare, renderSvg } = await import('./render/renderSvg.js');
  prepare();
  prepare();
  expect(await renderSvg({ data: [], layout: { title: { text: 'empty' } } })).toContain('>empty</text>');
});
