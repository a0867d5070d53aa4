import type { MultiScaleModel } from '@pixelrnn/models';
import { requireImages } from '../requireImages.js';
import { parseOptions } from '../runOptions.js';
import type { ModelOrPlan } from '../target.js';
import { checksum } from './checksum.js';
import { joinChunks } from './chunks.js';
import { type CodecOptions, codecSchema } from './codecOptions.js';
import { writeContainer } from './container.js';
import { imagesOf, type Stage, stageConditions, stagesChecksum, stagesOf } from './stages.js';
import { eachGroup } from './walkGroups.js';

/**
 * Compresses images without loss, by entropy coding with a model's own probabilities: the file is as long as the images
 * are unlikely, in bits. It is always coded with the WebAssembly build, whose results are the same on every machine.
 *
 * @param images intensities [N, H, W, C]
 * @returns the file: header and code
 * @throws GenerationError `usage` for images that do not fit the model, `model` where a layer cannot be described
 */
export async function compress(
  of: ModelOrPlan | MultiScaleModel,
  images: Uint8Array,
  options: CodecOptions = {},
): Promise<Uint8Array> {
  const parsed = parseOptions('compress', codecSchema, options) as CodecOptions;
  const stages = stagesOf(of);
  const { shape } = stages[stages.length - 1] as Stage;
  const count = requireImages('compress', images, shape);
  const conditions = stageConditions(stages, parsed.condition, count);
  const chunks: Uint8Array[] = [];
  for (const stage of stages) {
    const own = imagesOf(stage, images, shape, count);
    await eachGroup({ stage, stages, conditions, count, options: parsed }, async (executor, group) => {
      chunks.push(await executor.encode({ ...group, images: group.of(own) }));
    });
  }
  return writeContainer({
    shape,
    count,
    model: await stagesChecksum(stages, conditions),
    images: await checksum(images),
    payload: joinChunks(chunks),
  });
}
