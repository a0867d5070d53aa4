/** The four 32-bit words that identify a stream: [lane0, lane1, lane2, lane3], each signed. */
export type StreamKey = readonly [number, number, number, number];

const GOLDEN_GAMMA = 0x9e3779b9;

/** The finaliser of splitmix32: a bijection of the 32-bit integers. */
function mix(word: number): number {
  let z = word;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

/** The first four outputs of splitmix32 for `seed`. */
export function rootKey(seed: number): StreamKey {
  return [
    mix(seed + GOLDEN_GAMMA),
    mix(seed + 2 * GOLDEN_GAMMA),
    mix(seed + 3 * GOLDEN_GAMMA),
    mix(seed + 4 * GOLDEN_GAMMA),
  ];
}

function absorb(key: StreamKey, word: number): StreamKey {
  return [
    mix((key[0] ^ word) + GOLDEN_GAMMA),
    mix((key[1] ^ word) + 2 * GOLDEN_GAMMA),
    mix((key[2] ^ word) + 3 * GOLDEN_GAMMA),
    mix((key[3] ^ word) + 4 * GOLDEN_GAMMA),
  ];
}

/**
 * Key of the child stream for `purpose`: every lane takes in the purpose's length, then its UTF-16 code units,
 * each through one splitmix32 step of its own gamma. The length keeps the paths ['ab'] and ['a', 'b'] apart.
 */
export function childKey(parent: StreamKey, purpose: string): StreamKey {
  let key = absorb(parent, purpose.length);
  for (let i = 0; i < purpose.length; i++) key = absorb(key, purpose.charCodeAt(i));
  return key;
}
