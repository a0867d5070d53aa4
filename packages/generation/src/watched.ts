import { countedProgress, inNotebook } from '@pixelrnn/cell';
import type { RunOptions } from './runOptions.js';

/**
 * Carries out a call; in a notebook, where nobody watches it, with a line that changes in place.
 *
 * @param verb what becomes of the pixels, such as `drew`
 */
export async function watched<Options extends Pick<RunOptions, 'onProgress'>, Result>(
  verb: string,
  options: Options,
  body: (options: Options) => Promise<Result>,
): Promise<Result> {
  if (options.onProgress || !inNotebook()) return body(options);
  const line = countedProgress([verb, 'pixels']);
  try {
    return await body({ ...options, onProgress: ({ done, total }) => line.update(done, total) });
  } finally {
    line.end();
  }
}
