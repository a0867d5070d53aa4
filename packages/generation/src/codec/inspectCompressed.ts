import type { ImageShape } from '../imageShape.js';
import { readContainer } from './container.js';

/**
 * What a compressed file holds, without its model: shape and number of its images.
 *
 * @throws GenerationError `format`, `truncated`, `trailing` or `damaged`
 */
export async function inspectCompressed(file: Uint8Array): Promise<ImageShape & { count: number }> {
  const { shape, count } = await readContainer(file);
  return { ...shape, count };
}
