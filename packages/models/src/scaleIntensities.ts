import { shown } from '@pixelrnn/kernels/options';
import * as tf from '@tensorflow/tfjs';

/**
 * Intensities 0 .. levels - 1 scaled and centred to [-1, 1], the models' input (PixelRNN, section 5: "input is scaled and
 * centered"); two levels become -1 and 1.
 *
 * @param intensities whole numbers in 0 .. levels - 1
 * @param shape [B, H, W, C]
 * @param levels how many intensities a colour can have, 2 to 256
 * @returns float32 [B, H, W, C]
 * @throws Error if levels, shape or the number of intensities are wrong, or one of them is no intensity
 */
export function scaleIntensities(
  intensities: Uint8Array,
  shape: [number, number, number, number],
  levels: number,
): tf.Tensor4D {
  checkSizes(intensities, shape, levels);
  const scaled = new Float32Array(intensities.length);
  const step = 2 / (levels - 1);
  for (let i = 0; i < scaled.length; i++) {
    const intensity = intensities[i] as number;
    if (!(intensity >= 0 && intensity < levels && Math.floor(intensity) === intensity)) {
      fail(
        `expected intensities 0 .. ${levels - 1} of ${levels} levels, got ${intensity} at ${i}; give them unscaled, with the levels that they have`,
      );
    }
    scaled[i] = intensity * step - 1;
  }
  return tf.tensor4d(scaled, shape);
}

function checkSizes(intensities: Uint8Array, shape: readonly number[], levels: number): void {
  if (!Number.isInteger(levels) || levels < 2 || levels > 256) {
    fail(`expected 2 to 256 levels, got ${shown(levels)}`);
  }
  if (!Array.isArray(shape) || shape.length !== 4 || !shape.every((size) => Number.isInteger(size))) {
    fail(`expected a shape [B, H, W, C], got [${shape}]`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (intensities?.length !== count) {
    fail(`expected ${count} intensities for [${shape}], got ${intensities?.length ?? 'none'}`);
  }
}

function fail(what: string): never {
  throw new Error(`scaleIntensities: ${what}`);
}
