import { compilePlan } from './compilePlan.js';
import type { PlanExecutor } from './executor.js';
import type { Share } from './groups.js';
import { LinearMemory } from './linearMemory.js';
import type { Plan } from './plan.js';
import { type Machine, type OpenRun, startRun } from './planRun.js';
import { bufferNames, type RunBuffers, sharesStream } from './runBuffers.js';
import { WasmError } from './wasmError.js';
import { planBase64 } from './wasmModule.js';

type Address = number;

/** Size of a `Share` of cpp/plan/run.h. */
const shareBytes = 12;

/** The functions of `cpp/plan/plan.h`, pointers as addresses. */
interface Exports {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  __heap_base: { value: number };
  pixelrnn_plan_lanes(): number;
  pixelrnn_plan_state(program: Address, lanes: number): number;
  pixelrnn_plan_begin(
    program: Address,
    constants: Address,
    settings: Address,
    buffers: Address,
    share: Address,
    state: Address,
  ): void;
  pixelrnn_plan_advance(
    program: Address,
    constants: Address,
    settings: Address,
    buffers: Address,
    share: Address,
    state: Address,
    first: number,
    count: number,
  ): void;
  pixelrnn_plan_together(
    program: Address,
    constants: Address,
    settings: Address,
    buffers: Address,
    shares: Address,
    states: Address,
    groups: number,
    first: number,
    count: number,
  ): void;
}

interface WebAssemblyInterface {
  compile(bytes: Uint8Array): Promise<object>;
  Instance: new (module: object, imports: object) => { readonly exports: object };
}

let compiled: Promise<object> | undefined;

/** @throws WasmError where there is no WebAssembly with SIMD */
async function compiledPlan(): Promise<object> {
  const { WebAssembly } = globalThis as unknown as { WebAssembly?: WebAssemblyInterface };
  try {
    if (!WebAssembly) throw new Error('there is no WebAssembly');
    compiled ??= WebAssembly.compile(Uint8Array.from(atob(planBase64), (char) => char.charCodeAt(0)));
    return await compiled;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new WasmError(`plan executor: WebAssembly with SIMD is needed, but ${why}`, 'simd', { cause });
  }
}

/**
 * An executor in WebAssembly, with a memory of its own; in Node and in browsers. It runs on the calling thread.
 *
 * @throws Error where the plan cannot be executed
 * @throws WasmError where there is no WebAssembly with SIMD, or too little memory
 */
export async function wasmExecutor(plan: Plan): Promise<PlanExecutor> {
  const module = await compiledPlan();
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyInterface };
  const instance = new WebAssembly.Instance(module, {});
  return new WasmExecutor(plan, instance.exports as Exports);
}

class WasmExecutor implements PlanExecutor, Machine {
  readonly kind = 'wasm';
  readonly threads = 1;
  readonly lanes: number;
  private readonly memory: LinearMemory;
  private readonly program: Address;
  private readonly constants: Address;
  private exports: Exports | null;

  constructor(
    private readonly plan: Plan,
    exports: Exports,
  ) {
    this.exports = exports;
    this.lanes = exports.pixelrnn_plan_lanes();
    this.memory = new LinearMemory(exports.memory, exports.__heap_base.value);
    const { program, constants } = compilePlan(plan);
    this.program = this.put(program);
    this.constants = this.put(constants);
  }

  start(options: Parameters<PlanExecutor['start']>[0]) {
    return startRun(this.plan, this, options);
  }

  dispose(): void {
    this.exports = null;
  }

  open(buffers: RunBuffers, settings: Int32Array, shares: readonly Share[]): OpenRun {
    const pieces: { address: Address; bytes: number }[] = [];
    const take = (bytes: number) => {
      const address = this.memory.allocate(bytes);
      pieces.push({ address, bytes });
      return address;
    };
    const put = (values: ArrayBufferView) => this.put(values, take(values.byteLength));
    const close = () => {
      for (const { address, bytes } of pieces.splice(0)) this.memory.release(address, bytes);
    };
    try {
      const addresses = bufferNames.map((name) => {
        const values = buffers[name];
        return values ? put(values) : 0;
      });
      const lists = [put(settings), put(Uint32Array.from(addresses))] as const;
      const flat = Int32Array.from(shares.flatMap(({ lanes, first, images }) => [lanes, first, images]));
      const list = put(flat);
      const groups = shares.map(({ lanes }, i) => ({
        share: list + i * shareBytes,
        state: take(this.running.pixelrnn_plan_state(this.program, lanes) >>> 0), // of a signed number
      }));
      const states = put(Uint32Array.from(groups.map(({ state }) => state)));
      const { program, constants } = this;
      for (const { share, state } of groups) {
        this.running.pixelrnn_plan_begin(program, constants, ...lists, share, state);
      }
      const run = [program, constants, ...lists] as const;
      return {
        advance: (first, count) => {
          if (sharesStream(settings)) {
            this.running.pixelrnn_plan_together(...run, list, states, groups.length, first, count);
            return;
          }
          for (const { share, state } of groups) {
            this.running.pixelrnn_plan_advance(...run, share, state, first, count);
          }
        },
        read: (name) => this.copy(buffers[name], addresses[bufferNames.indexOf(name)] as Address),
        close,
      };
    } catch (error) {
      close();
      throw error;
    }
  }

  private get running(): Exports {
    if (!this.exports) throw new Error('plan executor: it was disposed of');
    return this.exports;
  }

  private put(values: ArrayBufferView, address = this.memory.allocate(values.byteLength)): Address {
    const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.running.memory.buffer).set(bytes, address);
    return address;
  }

  /** Values of the same kind and number, as the memory holds them now. */
  private copy<Values extends RunBuffers[keyof RunBuffers]>(like: Values, address: Address): Values {
    if (!like) return like;
    const { buffer } = this.running.memory;
    const bytes = buffer.slice(address, address + like.byteLength);
    const Kind = like.constructor as new (buffer: ArrayBuffer) => NonNullable<Values>;
    return new Kind(bytes);
  }
}
