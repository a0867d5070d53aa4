import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { whyDamaged } from './whyDamaged.js';

const checkpointSchema = z.looseObject({
  training: z.looseObject({
    progress: z.looseObject({ step: z.int() }),
    identity: z.looseObject({ data: z.looseObject({ shape: z.array(z.int()) }) }),
  }),
});

/**
 * Step and dimensions of an image, of a run folder's last checkpoint; the files of weights are not read. Null where there is none.
 *
 * @throws Error naming the file and what to do where it is damaged
 */
export async function checkpointOf(folder: string): Promise<{ step: number; dimensions: number } | null> {
  const path = join(folder, 'checkpoint', 'model.json');
  if (!existsSync(path)) return null;
  const text = await readFile(path, 'utf8');
  const { progress, identity } = parsed(path, text).training;
  return {
    step: progress.step,
    dimensions: identity.data.shape.reduce((product, size) => product * size, 1),
  };
}

function parsed(path: string, text: string): z.infer<typeof checkpointSchema> {
  try {
    return checkpointSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `${path} should be a checkpoint, but it is not (${whyDamaged(cause)}): use --fresh or remove the run folder.`,
      { cause },
    );
  }
}
