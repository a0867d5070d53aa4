import { deserialize, serialize } from 'node:v8';
import type { Communicator } from '@pixelrnn/mpi';
import { TrainingError } from '../trainingError.js';
import { received, type SentError, sendable } from './sentError.js';

/** Errors that every rank has thrown at the same place, so that all of them end, or go on, together. */
const common = new WeakSet<Error>();

/** Whether all ranks know of an error; of another one the others must be told by ending them. */
export const isCommon = (error: unknown): boolean => error instanceof Error && common.has(error);

/** Marks an error that all ranks throw here. */
export function asCommon<T extends Error>(error: T): T {
  common.add(error);
  return error;
}

type Sent<T> = { value: T } | { error: SentError; isStop: boolean };

/** Bits of {@link Ranks.decide}: what rank 0's clock says, then what any rank was asked to do. */
const bits = { timeIsUp: 1, checkpointIsDue: 2, SIGINT: 4, SIGTERM: 8, stop: 16 };

/** What the ranks of a training do together, beside the sums of their gradients; one rank alone does it as if there were none. */
export class Ranks {
  private stopped: unknown;

  constructor(
    readonly communicator: Communicator,
    private readonly signal: AbortSignal | undefined,
  ) {}

  get first(): boolean {
    return this.communicator.rank === 0;
  }

  /** Whether there are others. */
  get several(): boolean {
    return this.communicator.size > 1;
  }

  /** @throws TrainingError `config` where a rank would have no image of a batch */
  requireWork(batchSize: number): void {
    const { size } = this.communicator;
    if (batchSize >= size) return;
    throw asCommon(
      new TrainingError(
        'config',
        `batchSize must be at least the number of ranks, so that each has an image of every batch, got ${batchSize} for ${size} ranks: start fewer, or set another batchSize.`,
      ),
    );
  }

  /** What a step begins with: rank 0's clock counts for all. @throws the signal's reason where any rank was asked to stop */
  decide(own: { timeIsUp: boolean; checkpointIsDue: boolean }): {
    timeIsUp: boolean;
    checkpointIsDue: boolean;
  } {
    if (!this.several) {
      this.throwIfStopped();
      return own;
    }
    const clock = this.first
      ? (own.timeIsUp ? bits.timeIsUp : 0) | (own.checkpointIsDue ? bits.checkpointIsDue : 0)
      : 0;
    const all = this.communicator.agree(clock | this.ownStop());
    this.stopAt(all);
    return {
      timeIsUp: (all & bits.timeIsUp) !== 0,
      checkpointIsDue: (all & bits.checkpointIsDue) !== 0,
    };
  }

  /** @throws the signal's reason where any rank was asked to stop */
  throwIfStopped(): void {
    if (this.several) this.stopAt(this.communicator.agree(this.ownStop()));
    else this.signal?.throwIfAborted();
  }

  /** Whether an error is the stop that was asked for. */
  isStop(error: unknown): boolean {
    if (this.stopped !== undefined) return error === this.stopped;
    return !this.several && this.signal?.aborted === true && error === this.signal.reason;
  }

  /**
   * Has rank 0 do something, of which all have the result; they wait.
   *
   * @param body gives what `v8.serialize` takes
   * @throws on all ranks what it throws
   */
  async fromFirst<T>(body: () => T | Promise<T>): Promise<T> {
    if (!this.several) return body();
    if (!this.first) {
      const sent = deserialize(this.communicator.broadcast()) as Sent<T>;
      if ('value' in sent) return sent.value;
      const error = asCommon(received(sent.error));
      if (sent.isStop) this.stopped = error;
      throw error;
    }
    const send = (sent: Sent<T>) => void this.communicator.broadcast(serialize(sent));
    try {
      const value = await body();
      send({ value });
      return value;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const isStop = this.signal?.aborted === true && error === this.signal.reason;
      if (isStop) this.stopped = error;
      send({ error: sendable(error), isStop });
      throw asCommon(error);
    }
  }

  /** Has rank 0 do something that is of use there alone; the others wait. @throws on all ranks what it throws */
  async onFirst(body: () => void | Promise<void> | undefined): Promise<void> {
    await this.fromFirst(async () => void (await body()));
  }

  /** Does what all ranks do alike: an error in it is every rank's. */
  async alike<T>(body: () => T | Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      throw error instanceof Error ? asCommon(error) : error;
    }
  }

  private ownStop(): number {
    if (!this.signal?.aborted) return 0;
    const { reason } = this.signal;
    return reason instanceof TrainingError && reason.signal ? bits[reason.signal] : bits.stop;
  }

  private stopAt(all: number): void {
    if ((all & (bits.SIGINT | bits.SIGTERM | bits.stop)) === 0) return;
    const name = all & bits.SIGTERM ? 'SIGTERM' : 'SIGINT';
    const own: unknown = this.signal?.reason;
    this.stopped = asCommon(
      own instanceof Error
        ? own
        : new TrainingError('interrupted', `stopped by ${name} on another rank.`, name),
    );
    throw this.stopped;
  }
}
