/** A network between ranks. */
export interface Network {
  gigabits: number;
  /** Seconds from one rank's memory to another's of an empty message: an assumption, not measured. */
  latency: number;
}

/** Ethernet as it is usual, and an InfiniBand of clusters. */
export const networks: readonly Network[] = [
  { gigabits: 10, latency: 20e-6 },
  { gigabits: 100, latency: 2e-6 },
];

export const rankCounts = [4, 8, 16, 32, 64] as const;

/** What of a training the model needs. */
export interface Training {
  /** Images an update. */
  batch: number;
  /** What a step computes for one image, forward and backward. */
  flopsPerImage: number;
  /** What the gradients of all parameters take. */
  bytes: number;
}

/** What was measured here. */
export interface Speeds {
  /** Floating-point operations a second of one rank. */
  flops: number;
  /** Seconds a byte of a sum over two ranks of this machine: packing, adding, unpacking. */
  hostSecondsPerByte: number;
}

/** Seconds of a ring's sum: each rank sends and receives 2 (n - 1) / n of the bytes, in 2 (n - 1) messages one after the other. */
export function ringSeconds(bytes: number, ranks: number, { gigabits, latency }: Network): number {
  return (((2 * (ranks - 1)) / ranks) * bytes * 8) / (gigabits * 1e9) + 2 * (ranks - 1) * latency;
}

/**
 * The parallel efficiency of training one model with the same batch on n ranks, computed:
 *
 *     T(1) / (n T(n)),    T(n) = ceil(B / n) F / f + r + [2 (n - 1) / n] 8 b / w + 2 (n - 1) l
 *
 * for B images of F operations at f a second, b bytes of gradients that take r on the host, bandwidth w and latency l. Nothing
 * of the sum overlaps with computing, and input, logs and validations are left out.
 *
 * @returns null where a rank would have no image
 */
export function efficiency(
  { batch, flopsPerImage, bytes }: Training,
  { flops, hostSecondsPerByte }: Speeds,
  ranks: number,
  network: Network,
): number | null {
  if (ranks > batch) return null;
  const image = flopsPerImage / flops;
  const host = hostSecondsPerByte * bytes;
  const step = Math.ceil(batch / ranks) * image + host + ringSeconds(bytes, ranks, network);
  return (batch * image) / (ranks * step);
}
