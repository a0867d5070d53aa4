import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';

/** Weights of more bytes are not committed. */
const mostWeightBytes = 3e6;

const adoptedSchema = z.strictObject({
  /** Test nats of the weights, measured again when the run was adopted. */
  test: z.number(),
  engine: z.string(),
  /** Parameters of the row's `paper` preset. */
  paperParameters: z.int(),
});

/** `adopted.json` of a run folder in results: what was measured when it came there. */
export type Adopted = z.infer<typeof adoptedSchema>;

/** @returns null where the run was not adopted but made there */
export async function readAdopted(folder: string): Promise<Adopted | null> {
  const path = join(folder, 'adopted.json');
  if (!existsSync(path)) return null;
  const parsed = adoptedSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(
    `${path} should be what pnpm results adopt wrote, but it is not (${z.prettifyError(parsed.error)}): adopt the run again.`,
  );
}

export const writeAdopted = (folder: string, adopted: Adopted) =>
  writeFileAtomic(join(folder, 'adopted.json'), `${JSON.stringify(adopted, null, 2)}\n`);

const modelSchema = z.looseObject({
  modelTopology: z.looseObject({}),
  weightsManifest: z
    .array(z.looseObject({ paths: z.tuple([z.literal('weights.bin')]), weights: z.array(z.looseObject({})) }))
    .length(1),
});

/**
 * Writes `model.json` and `weights.bin` in TensorFlow.js' format into a folder.
 *
 * @returns false, and nothing is written, where the weights are larger than {@link mostWeightBytes}
 */
export async function writeModel(model: tf.LayersModel, folder: string): Promise<boolean> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (given) => {
    artifacts = given;
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
  const { modelTopology, weightSpecs, weightData } = artifacts as tf.io.ModelArtifacts;
  const weights = Buffer.from(tf.io.concatenateArrayBuffers([weightData as ArrayBuffer].flat()));
  if (weights.length > mostWeightBytes) return false;
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, 'weights.bin'), weights);
  const json = { modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] };
  await writeFileAtomic(join(folder, 'model.json'), `${JSON.stringify(json)}\n`);
  return true;
}

/** The model that {@link writeModel} left in a folder. @throws Error where it is damaged */
export async function readModel(folder: string): Promise<tf.LayersModel> {
  const path = join(folder, 'model.json');
  const parsed = modelSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success) {
    throw new Error(
      `${path} should be a saved model, but it is not (${z.prettifyError(parsed.error)}): put the file back.`,
    );
  }
  const { modelTopology, weightsManifest } = parsed.data;
  const bytes = await readFile(join(folder, 'weights.bin'));
  const weightData = new Uint8Array(bytes).buffer;
  const weightSpecs = weightsManifest[0]?.weights as unknown as tf.io.WeightsManifestEntry[];
  const expected = weightSpecs.reduce(
    (sum, { shape }) => sum + 4 * shape.reduce((n, size) => n * size, 1),
    0,
  );
  if (expected !== bytes.length) {
    throw new Error(
      `${join(folder, 'weights.bin')}: expected ${expected} bytes, got ${bytes.length}: put the file back.`,
    );
  }
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}
