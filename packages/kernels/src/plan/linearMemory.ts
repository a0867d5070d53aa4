import { WasmError } from './wasmError.js';

/** The part of a WebAssembly memory that is used here. */
interface GrowingMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const page = 65536;
const alignment = 64;

/** Pieces of a WebAssembly memory above the module's own part, aligned to 64 bytes. */
export class LinearMemory {
  /** Free pieces by address; what lies behind the last one was never given out. */
  private free: { address: number; bytes: number }[] = [];
  private end: number;

  /** @param base where the module's own part ends */
  constructor(
    readonly memory: GrowingMemory,
    base: number,
  ) {
    this.end = Math.ceil(base / alignment) * alignment;
  }

  /** @throws WasmError where the memory cannot grow so far */
  allocate(wanted: number): number {
    const bytes = Math.max(alignment, Math.ceil(wanted / alignment) * alignment);
    const piece = this.free.find((candidate) => candidate.bytes >= bytes);
    if (piece) {
      const { address } = piece;
      piece.address += bytes;
      piece.bytes -= bytes;
      this.free = this.free.filter((left) => left.bytes > 0);
      return address;
    }
    const address = this.end;
    this.growTo(address + bytes);
    this.end += bytes;
    return address;
  }

  /** Takes back what `allocate` gave for so many bytes. */
  release(address: number, wanted: number): void {
    const bytes = Math.max(alignment, Math.ceil(wanted / alignment) * alignment);
    const pieces = [...this.free, { address, bytes }].sort((a, b) => a.address - b.address);
    this.free = [];
    for (const piece of pieces) {
      const last = this.free.at(-1);
      if (last && last.address + last.bytes === piece.address) last.bytes += piece.bytes;
      else this.free.push({ ...piece });
    }
    const last = this.free.at(-1);
    if (last && last.address + last.bytes === this.end) {
      this.end = last.address;
      this.free.pop();
    }
  }

  private growTo(end: number): void {
    const pages = Math.ceil((end - this.memory.buffer.byteLength) / page);
    if (pages <= 0) return;
    try {
      this.memory.grow(pages);
    } catch (cause) {
      throw new WasmError(
        `plan executor: WebAssembly has no ${end} bytes of memory, take fewer images at once or the native executor`,
        'memory',
        { cause },
      );
    }
  }
}
