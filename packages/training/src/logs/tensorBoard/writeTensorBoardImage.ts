import { join } from 'node:path';
import { EventFile } from './eventFile.js';
import { pngSize } from './pngSize.js';

/**
 * Adds a picture to the event files of a run that has ended, at its last step.
 *
 * @throws Error where the file cannot be written, or the picture is no PNG
 */
export async function writeTensorBoardImage(
  runFolder: string,
  step: number,
  tag: string,
  png: Uint8Array,
): Promise<void> {
  const events = await EventFile.open(join(runFolder, 'tensorboard'), step);
  try {
    await events.add(step, [{ tag, image: { png, ...pngSize(png) } }]);
    await events.sync();
  } finally {
    await events.close();
  }
}
