import { childKey, rootKey, type StreamKey } from './streamKey.js';

/** Everything needed to resume from the same point: plain JSON. */
export interface RandomState {
  algorithm: 'xoshiro128**';
  /** Integer in 0..2^32-1. */
  seed: number;
  /** The purposes along the path of splits, outermost first. */
  purposes: string[];
  /** The four state words, integers in 0..2^32-1, not all zero. */
  words: [number, number, number, number];
}

const TWO_TO_32 = 0x1_0000_0000;

function isWord(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < TWO_TO_32;
}

/**
 * A stream of random numbers: xoshiro128** 1.1 (Blackman and Vigna), its state filled by splitmix32 from a seed and
 * a path of purposes. Two streams with the same seed and path give the same numbers on every machine; streams
 * with different paths are independent of each other. Period 2^128 - 1. Not for cryptography.
 */
export class Random {
  readonly seed: number;
  readonly purposes: readonly string[];
  private readonly key: StreamKey;
  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;

  /**
   * @param seed Integer in 0..2^32-1.
   * @param purposes The path of splits: `new Random(1, ['a', 'b'])` equals `new Random(1).split('a').split('b')`.
   * @throws RangeError on any other seed.
   */
  constructor(seed: number, purposes: readonly string[] = []) {
    if (!isWord(seed)) {
      throw new RangeError(
        `A seed is an integer from 0 to 4294967295, but ${seed} came: pass such an integer.`,
      );
    }
    this.seed = seed;
    this.purposes = [...purposes];
    this.key = purposes.reduce(childKey, rootKey(seed));
    [this.s0, this.s1, this.s2, this.s3] = this.key;
    // The zero state would give zeros for ever.
    if ((this.s0 | this.s1 | this.s2 | this.s3) === 0) this.s0 = 1;
  }

  /**
   * The child stream for a purpose. It depends on this stream's seed and path only, not on how many numbers this
   * stream gave before; splitting takes nothing from this stream.
   */
  split(purpose: string): Random {
    return new Random(this.seed, [...this.purposes, purpose]);
  }

  /** The next 32 random bits, an integer in 0..2^32-1. */
  uint32(): number {
    const s1 = this.s1;
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    this.s2 ^= this.s0;
    this.s3 ^= s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= s1 << 9;
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
    return result;
  }

  /** A multiple of 2^-32, uniform in [0, 1). */
  uniform(): number {
    return this.uint32() / TWO_TO_32;
  }

  /**
   * An integer uniform in 0..n-1, without bias: draws beyond the largest multiple of n are thrown away.
   * @param n Integer in 1..2^32.
   * @throws RangeError on any other n.
   */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_TO_32) {
      throw new RangeError(`integer(n) takes an integer n from 1 to 4294967296, but ${n} came.`);
    }
    const limit = TWO_TO_32 - (TWO_TO_32 % n);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % n;
  }

  /**
   * A standard normal number (Box-Muller, the cosine branch; two draws each time, so the state holds no spare).
   * Its size is at most sqrt(64 ln 2) = 6.66.
   */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /**
   * The numbers 0..n-1 in an order drawn uniformly from all n! (Fisher-Yates).
   * @param n Integer in 0..2^32-1.
   * @returns [n]
   * @throws RangeError on any other n.
   */
  permutation(n: number): Uint32Array {
    if (!isWord(n)) {
      throw new RangeError(`permutation(n) takes an integer n from 0 to 4294967295, but ${n} came.`);
    }
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const j = this.integer(i + 1);
      order[i] = order[j]!;
      order[j] = i;
    }
    return order;
  }

  /** The state as a plain JSON object, for `Random.fromState`. */
  state(): RandomState {
    return {
      algorithm: 'xoshiro128**',
      seed: this.seed,
      purposes: [...this.purposes],
      words: [this.s0 >>> 0, this.s1 >>> 0, this.s2 >>> 0, this.s3 >>> 0],
    };
  }

  /**
   * The stream that resumes exactly where `state()` was called.
   * @throws TypeError if the object is not such a state.
   */
  static fromState(state: RandomState): Random {
    const { algorithm, seed, purposes, words } = (state ?? {}) as RandomState;
    const valid =
      algorithm === 'xoshiro128**' &&
      isWord(seed) &&
      Array.isArray(purposes) &&
      purposes.every((purpose) => typeof purpose === 'string') &&
      Array.isArray(words) &&
      words.length === 4 &&
      words.every(isWord) &&
      words.some((word) => word !== 0);
    if (!valid) {
      throw new TypeError(
        `A saved state of the xoshiro128** generator {algorithm, seed, purposes, words} was expected, ` +
          `but ${JSON.stringify(state)} came: pass what Random.state() gave.`,
      );
    }
    const random = new Random(seed, purposes);
    random.s0 = words[0] | 0;
    random.s1 = words[1] | 0;
    random.s2 = words[2] | 0;
    random.s3 = words[3] | 0;
    return random;
  }
}
