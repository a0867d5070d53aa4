import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const checkpointSchema = z.looseObject({
  training: z.looseObject({
    progress: z.looseObject({ step: z.int() }),
    identity: z.looseObject({ data: z.looseObject({ shape: z.array(z.int()) }) }),
  }),
});

/** Step and dimensions of an image, of a run folder's last checkpoint; the files of weights are not read. */
export async function checkpointOf(folder: string): Promise<{ step: number; dimensions: number } | null> {
  const path = join(folder, 'checkpoint', 'model.json');
  if (!existsSync(path)) return null;
  const { progress, identity } = checkpointSchema.parse(JSON.parse(await readFile(path, 'utf8'))).training;
  return {
    step: progress.step,
    dimensions: identity.data.shape.reduce((product, size) => product * size, 1),
  };
}
