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
 * Step and dimensions of an image, of the checkpoint that a run folder's run goes on from: the last one or, where that is
 * damaged, the one before. The files of weights are not read. Null where there is none.
 *
 * @throws Error naming the file and what to do where no checkpoint can be read
 */
export async function checkpointOf(folder: string): Promise<{ step: number; dimensions: number } | null> {
  const paths = ['model.json', 'previous.json'].map((name) => join(folder, 'checkpoint', name));
  let damage: unknown = null;
  for (const path of paths.filter((each) => existsSync(each))) {
    const text = await readFile(path, 'utf8');
    try {
      const { progress, identity } = parsed(path, text).training;
      const dimensions = identity.data.shape.reduce((product, size) => product * size, 1);
      return { step: progress.step, dimensions };
    } catch (error) {
      damage ??= error;
    }
  }
  if (damage !== null) throw damage;
  return null;
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
