import { type Zippable, zipSync } from 'fflate';

/** A .npy file. */
export function encodeNpy(
  descr: string,
  shape: number[],
  values: Uint8Array,
  version = 1,
  fortran = false,
): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${sizes}), }`;
  const start = version === 1 ? 10 : 12;
  const header = text.padEnd(64 * Math.ceil((start + text.length + 1) / 64) - start - 1).concat('\n');
  const head = Buffer.alloc(start);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(header.length, 8);
  else head.writeUInt32LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header, 'latin1'), values]);
}

/** 64-bit integers. */
export function int64(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [i, value] of values.entries()) bytes.writeBigInt64LE(BigInt(value), 8 * i);
  return bytes;
}

/** A zip archive, deflated or stored. */
export const encodeZip = (entries: Record<string, Uint8Array>, level: 0 | 6 = 6): Buffer =>
  Buffer.from(zipSync(entries as Zippable, { level }));

/** A .npz file as today's downsampled ImageNet has them: `images` are planes [N, 3 x size x size], `labels` 1..1000. */
export function encodeNpz(
  images: readonly Uint8Array[],
  labels: readonly number[],
  level: 0 | 6 = 6,
): Buffer {
  return encodeZip(
    {
      'data.npy': encodeNpy('|u1', [images.length, images[0]!.length], Buffer.concat(images)),
      'labels.npy': encodeNpy('<i8', [labels.length], int64(labels)),
      'mean.npy': encodeNpy('<f8', [1], Buffer.alloc(8)),
    },
    level,
  );
}
