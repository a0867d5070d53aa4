import type { MultiScaleModel } from '@pixelrnn/models';
import { z } from 'zod';
import { GenerationError } from '../generationError.js';
import { type ImageShape, perImage, shapeName } from '../imageShape.js';
import { writeSubsampled } from '../multiScale.js';
import { parseOptions } from '../runOptions.js';
import type { ModelOrPlan } from '../target.js';
import { watched } from '../watched.js';
import { checksum, hex, sameBytes } from './checksum.js';
import { splitChunks } from './chunks.js';
import { type CodecOptions, codecSchema } from './codecOptions.js';
import { readContainer } from './container.js';
import { type Stage, stageConditions, stagesChecksum } from './stage.js';
import { stagesOf } from './stages.js';
import { eachGroup, groupCount } from './walkGroups.js';

export interface DecompressOptions extends CodecOptions {
  /** More bytes of images than this are refused before anything is decoded; default 2^28. */
  maxBytes?: number | undefined;
}

export interface DecompressedImages extends ImageShape {
  /** Intensities [count, H, W, C]. */
  images: Uint8Array;
  count: number;
}

const decompressSchema = codecSchema.extend({
  maxBytes: z
    .int()
    .positive()
    .default(2 ** 28),
});

/**
 * The images of a compressed file, the very ones: their checksum is compared.
 *
 * @param of the model that they were compressed with, with the same weights, and the same `condition`
 * @throws GenerationError that says what is wrong: `format`, `truncated`, `trailing`, `damaged`, `other-model` or
 * `too-large`; `model` as `compress` does
 */
export async function decompress(
  of: ModelOrPlan | MultiScaleModel,
  file: Uint8Array,
  options: DecompressOptions = {},
): Promise<DecompressedImages> {
  const parsed = parseOptions('decompress', decompressSchema, options) as Required<DecompressOptions>;
  return watched('decompressed', parsed, (watchedOptions) => decode(of, file, watchedOptions));
}

async function decode(
  of: ModelOrPlan | MultiScaleModel,
  file: Uint8Array,
  parsed: Required<DecompressOptions>,
): Promise<DecompressedImages> {
  const stages = stagesOf(of);
  const { shape } = stages[stages.length - 1] as Stage;
  const { count, payload, ...said } = await readContainer(file);
  if (shapeName(said.shape) !== shapeName(shape)) {
    throw new GenerationError(
      'other-model',
      `The file holds images of ${shapeName(said.shape)}, but this model's have ${shapeName(shape)}: give the model that it was made with.`,
    );
  }
  const bytes = count * perImage(shape);
  if (count === 0) {
    throw new GenerationError('too-large', 'The file claims no image: compress it again from the images.');
  }
  if (bytes > parsed.maxBytes) {
    throw new GenerationError(
      'too-large',
      `The file claims ${count} images, ${bytes} bytes, more than the ${parsed.maxBytes} bytes that are allowed: if you expect as many, allow more with maxBytes, of pnpm decompress with --max-bytes.`,
    );
  }
  const conditions = stageConditions(stages, parsed.condition, count);
  const model = await stagesChecksum(stages, conditions);
  if (!sameBytes(model, said.model)) {
    throw new GenerationError(
      'other-model',
      `The file was made with another model, other weights or other conditions: its checksum is ${hex(said.model)}, this one's ${hex(model)}.`,
    );
  }
  const all = stages.reduce((sum, stage) => sum + groupCount(stage, count), 0);
  const chunks = splitChunks(payload, all);
  let images = new Uint8Array(0);
  for (const stage of stages) {
    const given = images;
    images = new Uint8Array(count * perImage(stage.shape));
    if (given.length > 0) writeSubsampled(images, given, shape, (stages[0] as Stage).stride);
    const codes = chunks.splice(0, groupCount(stage, count));
    await eachGroup({ stage, stages, conditions, count, options: parsed }, async (executor, group) => {
      const own = group.of(images);
      const code = codes[group.index] as Uint8Array;
      own.set(await executor.decode({ ...group, start: own, code }));
    });
  }
  const found = await checksum(images);
  if (!sameBytes(found, said.images)) {
    throw new GenerationError(
      'damaged',
      `The file decodes to images of the checksum ${hex(found)}, but it says ${hex(said.images)}: it is damaged, or was made by a build whose results differ.`,
    );
  }
  return { ...shape, images, count };
}
