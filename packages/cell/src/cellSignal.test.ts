import { afterEach, expect, it } from 'vitest';
import { cellSignal } from './cellSignal.js';

const key = Symbol.for('jupyter.cellSignal');
afterEach(() => void Reflect.deleteProperty(globalThis, key));

it('is the signal that the kernel keeps, read when it is asked for', () => {
  expect(cellSignal()).toBeUndefined();
  const controllers = [new AbortController(), new AbortController()];
  let reads = 0;
  Object.defineProperty(globalThis, key, { configurable: true, get: () => controllers[reads++]?.signal });
  expect(cellSignal()).toBe(controllers[0]?.signal);
  expect(cellSignal()).toBe(controllers[1]?.signal);
  expect(reads).toBe(2);
});

it('is nothing where something else is in its place', () => {
  Object.defineProperty(globalThis, key, { configurable: true, value: 'yes' });
  expect(cellSignal()).toBeUndefined();
});
