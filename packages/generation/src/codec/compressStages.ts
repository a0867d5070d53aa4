import { perImage } from '../imageShape.js';
import { checksum } from './checksum.js';
import { joinChunks } from './chunks.js';
import type { CodecOptions } from './codecOptions.js';
import { writeContainer } from './container.js';
import { type Stage, stageConditions, stagesChecksum } from './stage.js';
import { eachGroup } from './walkGroups.js';

/**
 * A file of images: header and code.
 *
 * @param images intensities [N, H, W, C] of each stage; those of the last are the whole images
 */
export async function compressStages(
  stages: readonly Stage[],
  images: readonly Uint8Array[],
  options: CodecOptions,
): Promise<Uint8Array> {
  const { shape } = stages[stages.length - 1] as Stage;
  const whole = images[stages.length - 1] as Uint8Array;
  const count = whole.length / perImage(shape);
  const conditions = stageConditions(stages, options.condition, count);
  const chunks: Uint8Array[] = [];
  for (const [i, stage] of stages.entries()) {
    const own = images[i] as Uint8Array;
    await eachGroup({ stage, stages, conditions, count, options }, async (executor, group) => {
      chunks.push(await executor.encode({ ...group, images: group.of(own) }));
    });
  }
  return writeContainer({
    shape,
    count,
    model: await stagesChecksum(stages, conditions),
    images: await checksum(whole),
    payload: joinChunks(chunks),
  });
}
