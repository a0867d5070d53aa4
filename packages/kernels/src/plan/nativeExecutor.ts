import { availableParallelism } from 'node:os';

import { loadAddon } from '../native/loadAddon.js';
import { planAddonName, planFolder } from '../native/planFolder.js';
import { compilePlan } from './compilePlan.js';
import type { PlanExecutor } from './executor.js';
import type { Share } from './groups.js';
import type { Plan } from './plan.js';
import { type Machine, type OpenRun, startRun } from './planRun.js';
import { bufferNames, type RunBuffers } from './runBuffers.js';

/** What `cpp/plan/addon.cc` exports. */
interface Addon {
  lanes: number;
  load(program: Int32Array, constants: Float32Array): object;
  open(
    loaded: object,
    settings: Int32Array,
    buffers: readonly (ArrayBufferView | null)[],
    shares: Int32Array,
    threads: number,
  ): object;
  advance(run: object, buffers: readonly (ArrayBufferView | null)[], first: number, count: number): void;
  close(run: object): void;
}

export interface NativeExecutorOptions {
  /** Groups of images are shared over so many threads; default PIXELRNN_THREADS, else all processors. */
  threads?: number;
}

/**
 * An executor compiled for this processor, in Node; `pnpm engine install` builds it.
 *
 * @throws Error where the plan cannot be executed, or the addon is not built or does not load
 */
export function nativeExecutor(
  plan: Plan,
  { threads = defaultThreads() }: NativeExecutorOptions = {},
): PlanExecutor {
  if (!Number.isInteger(threads) || threads < 1)
    throw new Error(`plan executor: threads must be a positive integer, got ${threads}`);
  const found = findAddon();
  if ('why' in found)
    throw new Error(
      `plan executor: the native one ${found.why}, run \`pnpm engine install\` or take WebAssembly`,
    );
  return new NativeExecutor(plan, found, threads);
}

/** Whether {@link nativeExecutor} has an addon that loads on this machine. */
export function nativeExecutorIsBuilt(): boolean {
  return nativeExecutorLack() === null;
}

/** Why there is no native executor. */
export interface NativeLack {
  /** What follows 'the native one'. */
  why: string;
  /** Whether its addon is there, but does not load. */
  broken: boolean;
}

/** Why {@link nativeExecutor} finds no addon that loads on this machine; null where it does. */
export function nativeExecutorLack(): NativeLack | null {
  const found = findAddon();
  return 'why' in found ? found : null;
}

function findAddon(): Addon | NativeLack {
  try {
    const addon = loadAddon(planFolder(), planAddonName) as Addon | null;
    return addon ?? { why: 'is not built for this processor', broken: false };
  } catch (error) {
    const [line] = (error as Error).message.split('\n', 1);
    return { why: `does not load (${line})`, broken: true };
  }
}

function defaultThreads(): number {
  const { PIXELRNN_THREADS: wanted } = process.env;
  if (!wanted) return availableParallelism();
  const threads = Number(wanted);
  if (Number.isInteger(threads) && threads > 0) return threads;
  throw new Error(`PIXELRNN_THREADS must be a positive integer, got '${wanted}'`);
}

class NativeExecutor implements PlanExecutor, Machine {
  readonly kind = 'native';
  readonly lanes: number;
  private loaded: object | null;
  private readonly runs = new Set<object>();

  constructor(
    private readonly plan: Plan,
    private readonly addon: Addon,
    readonly threads: number,
  ) {
    const { program, constants } = compilePlan(plan);
    this.lanes = addon.lanes;
    this.loaded = addon.load(program, constants);
  }

  start(options: Parameters<PlanExecutor['start']>[0]) {
    return startRun(this.plan, this, options);
  }

  dispose(): void {
    this.loaded = null;
    for (const run of this.runs) this.close(run);
  }

  open(buffers: RunBuffers, settings: Int32Array, shares: readonly Share[]): OpenRun {
    const list = bufferNames.map((name) => buffers[name]);
    const flat = Int32Array.from(shares.flatMap(({ lanes, first, images }) => [lanes, first, images]));
    const { addon } = this;
    const run = addon.open(this.requireLoaded(), settings, list, flat, this.threads);
    this.runs.add(run);
    return {
      advance: (first, count) => {
        this.requireLoaded();
        addon.advance(run, list, first, count);
      },
      read: (name) => {
        this.requireLoaded();
        const values = buffers[name];
        return (values ? values.slice() : null) as typeof values;
      },
      close: () => this.close(run),
    };
  }

  private requireLoaded(): object {
    if (!this.loaded) throw new Error('plan executor: it was disposed of');
    return this.loaded;
  }

  private close(run: object): void {
    if (this.runs.delete(run)) this.addon.close(run);
  }
}
