/**
 * The processes that work on one thing together, as one of them sees them. Every rank must call the same functions in the
 * same order; each call returns when all ranks have made it, and waiting takes next to no processor time.
 */
export interface Communicator {
  /** This process's number, from 0. */
  readonly rank: number;
  /** Ranks in all. */
  readonly size: number;
  /** Replaces the values by their sums over all ranks, equal to the bit on all. Below 2^31 values, as many on each rank. */
  sum(values: Float32Array): void;
  /** The bits that are set on at least one rank. */
  agree(bits: number): number;
  /** Rank 0's bytes, on every rank; what the others give does not count. */
  broadcast(bytes?: Uint8Array): Uint8Array;
  /** Every rank's bytes, in the order of the ranks. */
  gather(bytes: Uint8Array): Uint8Array[];
  /** Returns when all ranks are here. */
  barrier(): void;
  /** Says why on stderr, then ends all ranks at once, wherever they are. */
  abort(why: string): never;
  /**
   * All ranks are about to end by themselves, with whatever exit code. Without this, an exit code that is not 0 ends the
   * other ranks too.
   */
  leave(): void;
}

/** A process by itself. */
export const alone: Communicator = {
  rank: 0,
  size: 1,
  sum() {},
  agree: (bits) => bits,
  broadcast(bytes) {
    if (!bytes) throw new Error('broadcast: rank 0 must give the bytes, got none');
    return bytes;
  },
  gather: (bytes) => [bytes],
  barrier() {},
  abort(why) {
    throw new Error(why);
  },
  leave() {},
};
