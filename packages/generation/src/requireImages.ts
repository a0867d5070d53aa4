import { kindOf, usage } from './generationError.js';
import { type ImageShape, perImage, shapeName } from './imageShape.js';

/**
 * Whether intensities are bytes of whole images of a shape, at least one.
 *
 * @returns how many
 * @throws GenerationError `usage`
 */
export function requireImages(what: string, images: Uint8Array, shape: ImageShape): number {
  if (!(images instanceof Uint8Array)) {
    usage(
      `${what}: expected intensities as a Uint8Array, but ${kindOf(images)} came: give [count, height, width, channels] as bytes.`,
    );
  }
  const size = perImage(shape);
  const count = images.length / size;
  if (!Number.isInteger(count) || count === 0) {
    usage(
      `${what}: expected images of ${shapeName(shape)}, ${size} intensities each, but ${images.length} came: give [count, height, width, channels] as bytes.`,
    );
  }
  const wrong = images.findIndex((intensity) => intensity >= shape.levels);
  if (wrong >= 0) {
    usage(
      `${what}: with ${shape.levels} levels an intensity is 0 to ${shape.levels - 1}, but ${images[wrong]} came at index ${wrong}.`,
    );
  }
  return count;
}
