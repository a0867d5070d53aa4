import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LinearMemory } from './linearMemory.js';

function memoryOf(pages: number, most = 1000) {
  const memory = {
    buffer: new ArrayBuffer(pages * 65536),
    grow(more: number) {
      if (memory.buffer.byteLength / 65536 + more > most) throw new RangeError('too much');
      memory.buffer = new ArrayBuffer(memory.buffer.byteLength + more * 65536);
      return 0;
    },
  };
  return memory;
}

test('pieces are aligned, do not overlap, and leave nothing behind', () => {
  const steps = fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 5000 }), release: fc.nat(9) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (list) => {
      const linear = new LinearMemory(memoryOf(1), 1000);
      const held: { address: number; bytes: number }[] = [];
      for (const { bytes, release } of list) {
        const address = linear.allocate(bytes);
        expect(address % 64).toBe(0);
        expect(address).toBeGreaterThanOrEqual(1000);
        expect(address + bytes).toBeLessThanOrEqual(linear.memory.buffer.byteLength);
        for (const other of held)
          expect(address + bytes <= other.address || other.address + other.bytes <= address).toBe(true);
        held.push({ address, bytes: Math.max(1, bytes) });
        const [old] = release < held.length ? held.splice(release, 1) : [];
        if (old) linear.release(old.address, old.bytes);
      }
      for (const { address, bytes } of held) linear.release(address, bytes);
      expect(linear.allocate(1)).toBe(1024);
    }),
    { seed: 1 },
  );
});

test('a memory that cannot grow is an error that says what to do', () => {
  const linear = new LinearMemory(memoryOf(1, 2), 0);
  expect(() => linear.allocate(200_000)).toThrow(
    /WebAssembly has no 200000 bytes.*, take fewer images at once/,
  );
  expect(linear.allocate(100)).toBe(0);
});
