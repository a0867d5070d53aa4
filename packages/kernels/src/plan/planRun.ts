import type { PlanRun, PlanRunOptions } from './executor.js';
import { groupsOf, type Share } from './groups.js';
import type { Plan } from './plan.js';
import { coderWords, prepareRun, type RunBuffers } from './runBuffers.js';

/** Where the C++ runs: natively, or as WebAssembly. */
export interface Machine {
  /** Sizes of groups, powers of two added up. */
  readonly lanes: number;
  readonly threads: number;
  /** Begins a run. */
  open(buffers: RunBuffers, settings: Int32Array, shares: readonly Share[]): OpenRun;
}

export interface OpenRun {
  advance(first: number, count: number): void;
  /** What a buffer holds now, a copy; null where the run has none. */
  read<Name extends keyof RunBuffers>(name: Name): RunBuffers[Name];
  close(): void;
}

/** Checks the options and begins a run on a machine. */
export function startRun(plan: Plan, machine: Machine, options: PlanRunOptions): PlanRun {
  const { buffers, settings, capacity } = prepareRun(plan, options);
  const shares = groupsOf(options.count, options.guidance ? 2 : 1, machine.lanes, machine.threads);
  return new Run(plan, options, capacity, machine.open(buffers, settings, shares));
}

class Run implements PlanRun {
  readonly pixels: number;
  private done = 0;

  constructor(
    { height, width }: Plan,
    private readonly options: PlanRunOptions,
    private readonly capacity: number,
    private open: OpenRun | null,
  ) {
    this.pixels = height * width;
  }

  get position(): number {
    return this.done;
  }

  advance(pixels = this.pixels): void {
    if (!Number.isInteger(pixels) || pixels < 0)
      throw new Error(`plan executor: advance takes a whole number of pixels, got ${pixels}`);
    const count = Math.min(pixels, this.pixels - this.done);
    if (count === 0) return;
    this.running.advance(this.done, count);
    this.done += count;
    if (this.done === this.pixels && this.options.mode === 'decode') this.checkStreams();
  }

  intensities(): Uint8Array {
    return this.running.read('intensities');
  }

  nats(): Float32Array {
    return this.asked(this.running.read('nats'), 'nats');
  }

  logits(): Float32Array {
    return this.asked(this.running.read('logits'), 'logits');
  }

  streams(): Uint8Array[] {
    if (this.options.mode !== 'encode' || this.done < this.pixels)
      throw new Error('plan executor: streams are there at the end of a run that encodes');
    const bytes = this.running.read('streams') as Uint8Array;
    return this.coders('length').map((length, i) =>
      bytes.slice(i * this.capacity, i * this.capacity + length),
    );
  }

  dispose(): void {
    this.open?.close();
    this.open = null;
  }

  private get running(): OpenRun {
    if (!this.open) throw new Error('plan executor: the run was disposed of');
    return this.open;
  }

  private asked<Values>(values: Values | null, name: string): Values {
    if (!values) throw new Error(`plan executor: ${name} were not asked for when the run began`);
    return values;
  }

  private coders(word: 'length' | 'position'): number[] {
    const coders = this.running.read('coders') as Uint32Array;
    return Array.from(
      { length: coders.length / coderWords.count },
      (_, i) => coders[i * coderWords.count + coderWords[word]] as number,
    );
  }

  /** Bytes that no pixel needed show that stream and plan do not belong together. */
  private checkStreams(): void {
    const read = this.coders('position');
    const left = this.coders('length').findIndex((length, i) => length > (read[i] as number));
    if (left < 0) return;
    const shared = 'sharedStream' in this.options && this.options.sharedStream;
    const stream = shared ? 'the shared stream' : `the stream of image ${left}`;
    throw new Error(`plan executor: ${stream} goes on after its last pixel`);
  }
}
