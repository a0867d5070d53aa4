import { describe, expect, test } from 'vitest';
import { executorsOf, finished } from '../testing/planExecutors.js';
import { planOf } from '../testing/plans.js';
import type { PlanRunOptions } from './executor.js';
import { nativeExecutor } from './nativeExecutor.js';

const size = { height: 2, width: 2, colors: 3, levels: 4 };
const plan = planOf('gated', size, 1);
const conditions = [new Float32Array(8), new Float32Array(2 * 4 * 3)];
const uniforms = new Uint32Array(24);
const good = { mode: 'draw', count: 2, uniforms, conditions } as const;
const [executor] = await executorsOf(plan);

test.each([
  [{ count: 0 }, 'count must be a positive integer, got 0'],
  [{ uniforms: new Uint32Array(3) }, 'expected 24 uniforms, got 3'],
  [{ conditions: [] }, 'expected 2 of conditions, got 0'],
  [{ conditions: [new Float32Array(8), new Float32Array(3)] }, 'expected 24 values in conditions[1], got 3'],
  [{ temperature: 0 }, 'temperature must be positive and finite, got 0'],
  [
    { temperature: 1e-40 },
    'temperature must be at least 1e-20, which leaves the likeliest level alone, got 1e-40',
  ],
  [{ guidance: { scale: Number.NaN, conditions } }, "guidance's scale must be finite, got NaN"],
  [{ guidance: { scale: 1, conditions: [] } }, "expected 2 of guidance's conditions, got 0"],
  [{ known: new Uint8Array(4) }, 'intensities of the pixels that are known must be given'],
  [
    { known: new Uint8Array(5), intensities: new Uint8Array(24) },
    'expected 4 or 8 marks of known pixels, got 5',
  ],
  [{ mode: 'take', intensities: new Uint8Array(2) }, 'expected 24 intensities, got 2'],
  [
    { mode: 'encode', intensities: new Uint8Array(24).fill(4) },
    'intensities must be below 4, got 4 at index 0',
  ],
  [{ mode: 'decode', streams: [] }, 'expected 2 streams, got 0'],
  [{ uniforms: new Uint8Array(24) }, 'expected uniforms as a Uint32Array, got a Uint8Array'],
  [{ uniforms: undefined }, 'expected uniforms as a Uint32Array, got nothing'],
  [
    { conditions: [new Float32Array(8), new Float64Array(24)] },
    'expected conditions[1] as a Float32Array, got a Float64Array',
  ],
  [
    { guidance: { scale: 1, conditions: [new Array(8).fill(0), new Float32Array(24)] } },
    "expected guidance's conditions[0] as a Float32Array, got an Array",
  ],
  [
    { mode: 'take', intensities: new Int32Array(24) },
    'expected intensities as a Uint8Array, got an Int32Array',
  ],
  [
    { known: new Float32Array(4), intensities: new Uint8Array(24) },
    'expected known as a Uint8Array, got a Float32Array',
  ],
  [
    { mode: 'decode', streams: [new Uint8Array(3), new Uint16Array(3)] },
    'expected streams[1] as a Uint8Array, got a Uint16Array',
  ],
] as [object, string][])('%o is refused', (change, message) => {
  expect(() => executor?.start({ ...good, ...change } as PlanRunOptions)).toThrow(
    `plan executor: ${message}`,
  );
});

test('guidance of a mixture is refused', async () => {
  const [mixture] = await executorsOf(planOf('mcgsm', size, 1));
  const options = { mode: 'draw', count: 2, uniforms, guidance: { scale: 2, conditions: [] } } as const;
  expect(() => mixture?.start(options)).toThrow('guidance mixes logits, and a mixture of Gaussians has none');
});

describe('a run', () => {
  test('gives what was asked for, at its time', async () => {
    for (const each of await executorsOf(plan)) {
      const run = each.start(good);
      expect([run.pixels, run.position]).toEqual([4, 0]);
      expect(() => run.nats()).toThrow('nats were not asked for when the run began');
      expect(() => run.logits()).toThrow('logits were not asked for when the run began');
      expect(() => run.streams()).toThrow('streams are there at the end of a run that encodes');
      expect(() => run.advance(0.5)).toThrow('advance takes a whole number of pixels, got 0.5');
      run.advance(3);
      run.advance(100);
      run.advance();
      expect(run.position).toBe(4);
      run.dispose();
      run.dispose();
      expect(() => run.intensities()).toThrow('the run was disposed of');
      each.dispose();
      expect(() => each.start(good)).toThrow('it was disposed of');
    }
  });

  test('ends with its executor', async () => {
    for (const each of await executorsOf(plan)) {
      const run = each.start(good);
      run.advance(1);
      each.dispose();
      expect(() => run.advance()).toThrow('it was disposed of');
      expect(() => run.intensities()).toThrow('it was disposed of');
      run.dispose();
    }
  });

  test('gives copies', async () => {
    for (const each of await executorsOf(plan)) {
      const run = finished(each, good);
      run.intensities().fill(9);
      expect(Math.max(...run.intensities())).toBeLessThan(4);
    }
  });

  test('leaves nothing behind in the memory of WebAssembly', async () => {
    const [, wasm] = await executorsOf(plan);
    const memory = (wasm as unknown as { memory: { memory: { buffer: ArrayBuffer } } }).memory;
    finished(wasm as NonNullable<typeof wasm>, good).dispose();
    const before = memory.memory.buffer.byteLength;
    for (let i = 0; i < 300; i++) wasm?.start(good).dispose();
    expect(memory.memory.buffer.byteLength).toBe(before);
  });
});

test('threads', () => {
  expect(() => nativeExecutor(plan, { threads: 0 })).toThrow('threads must be a positive integer, got 0');
  expect(nativeExecutor(plan, { threads: 3 }).threads).toBe(3);
});
