import { afterEach, expect, test, vi } from 'vitest';
import { planKinds, planOf } from '../testing/plans.js';
import { wasmExecutor } from './wasmExecutor.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const plan = () =>
  planOf(Object.keys(planKinds)[0] as string, { height: 6, width: 4, colors: 1, levels: 2 }, 7);

test('no WebAssembly is told from other failures', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  await expect(wasmExecutor(plan())).rejects.toMatchObject({ name: 'WasmError', lack: 'simd' });
});

test('so is a WebAssembly without SIMD', async () => {
  const failure = new Error('Wasm SIMD unsupported @+100');
  vi.stubGlobal('WebAssembly', { compile: () => Promise.reject(failure) });
  const fresh = await import('./wasmExecutor.js');
  await expect(fresh.wasmExecutor(plan())).rejects.toMatchObject({ lack: 'simd', cause: failure });
});
