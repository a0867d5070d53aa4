import { afterEach, expect, test, vi } from 'vitest';
import { biasedPlan } from '../testing/planExecutors.js';
import { LinearMemory } from './linearMemory.js';
import { wasmExecutor } from './wasmExecutor.js';

afterEach(() => {
  vi.restoreAllMocks();
});

// Three rows of 257 channels in each of a group's lanes: 3.2 GB for one image, in four lanes, and 6.5 GB for five.
const width = 2 ** 18;
const plan = biasedPlan({ height: 1, width, colors: 1, levels: 256 }, new Array(256).fill(0));
const statePerLane = 3 * width * 257 * 4;
const start = async (count: number) => {
  const executor = await wasmExecutor(plan);
  return executor.start({ mode: 'take', count, intensities: new Uint8Array(count * width) });
};

test('a state above 2 GiB has its memory', async () => {
  const wanted: number[] = [];
  const { allocate } = LinearMemory.prototype;
  vi.spyOn(LinearMemory.prototype, 'allocate').mockImplementation(function (this: LinearMemory, bytes) {
    wanted.push(bytes);
    if (bytes > statePerLane) throw new Error('as much as it should be');
    return allocate.call(this, bytes);
  });
  await expect(start(1)).rejects.toThrow('as much as it should be');
  expect(Math.max(...wanted)).toBeGreaterThan(4 * statePerLane);
});

test('one above 4 GiB is refused', async () => {
  await expect(start(5)).rejects.toMatchObject({ name: 'WasmError', lack: 'memory' });
});
