import { type Address, type Kernels, parameters } from './kernelsHeader.js';
import { kernelsBase64 } from './module.js';
import { type Memory, webAssembly } from './webAssembly.js';

/** A heap that the module may live on. */
export interface Heap {
  readonly memory: Memory;
  /** Address of `bytes` new bytes, or throws. */
  allocate(bytes: number): Address;
}

const stackBytes = 256 * 1024;

/** Starts the kernels on a heap, where they take a stack and their constants; both stay as long as the heap. */
export function startKernels(heap: Heap): Kernels {
  const { Module, Instance, Global, Table } = webAssembly;
  const bytes = Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
  const module = new Module(bytes);
  const [section] = Module.customSections(module, 'dylink.0');
  if (!section) throw new Error('the embedded WebAssembly is not a side module');
  const needs = readNeeds(new Uint8Array(section));
  const stack = allocateAligned(heap, stackBytes);
  const base = allocateAligned(heap, needs.memory);
  new Uint8Array(heap.memory.buffer, base, needs.memory).fill(0);
  const constant = (value: number) => new Global({ value: 'i32', mutable: false }, value);
  const { exports } = new Instance(module, {
    env: {
      memory: heap.memory,
      __stack_pointer: new Global({ value: 'i32', mutable: true }, stack + stackBytes),
      __memory_base: constant(base),
      __table_base: constant(0),
      __indirect_function_table: new Table({ element: 'anyfunc', initial: needs.table }),
    },
  });
  return byName(exports as Record<keyof Kernels, (...given: number[]) => number>);
}

/** The functions with named arguments; one that is not given, as the executor, is null. */
function byName(functions: Record<keyof Kernels, (...given: number[]) => number>): Kernels {
  const entries = Object.entries(parameters).map(([name, order]) => {
    const run = functions[name as keyof Kernels];
    if (run?.length !== order.length) {
      throw new Error(`${name} takes ${run?.length} numbers in the module and ${order.length} in kernels.h`);
    }
    return [name, (given: Record<string, number>) => run(...order.map((parameter) => given[parameter] ?? 0))];
  });
  return Object.fromEntries(entries);
}

const alignment = 64;

function allocateAligned(heap: Heap, bytes: number): Address {
  return aligned(heap.allocate(bytes + alignment));
}

/** The next address that is a multiple of 64. Addresses reach 2^32, so no bit operations. */
export function aligned(address: Address): Address {
  return Math.ceil(address / alignment) * alignment;
}

/** What a side module states in its section's first part: bytes of static data, entries of the function table. */
function readNeeds(section: Uint8Array): { memory: number; table: number } {
  const memoryPart = 1;
  if (section[0] !== memoryPart) throw new Error('the embedded WebAssembly does not state its memory');
  let position = 1;
  const readNumber = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = section[position++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  readNumber(); // length of the part
  const memory = readNumber();
  readNumber(); // alignment of the memory: 64 bytes are enough for any
  return { memory, table: readNumber() };
}
