/**
 * One image from planes [C, H x W] to interleaved pixels [H x W, C].
 * @param from C x `pixels` values from `start` on
 * @param into C x `pixels` values
 */
export function interleave(from: Uint8Array, start: number, into: Uint8Array, pixels: number): void {
  const channels = into.length / pixels;
  for (let channel = 0; channel < channels; channel++) {
    const plane = start + channel * pixels;
    for (let pixel = 0, at = channel; pixel < pixels; pixel++, at += channels)
      into[at] = from[plane + pixel]!;
  }
}

/** The other way round: one image's pixels [H x W, C] from `start` on to planes [C, H x W]. */
export function deinterleave(from: Uint8Array, start: number, into: Uint8Array, pixels: number): void {
  const channels = into.length / pixels;
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * pixels;
    for (let pixel = 0, at = start + channel; pixel < pixels; pixel++, at += channels)
      into[plane + pixel] = from[at]!;
  }
}
