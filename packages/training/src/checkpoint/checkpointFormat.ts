import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch, ImageDataset } from '@pixelrnn/data';
import { z } from 'zod';
import type { TrainingConfig } from '../trainingConfig.js';
import { TrainingError } from '../trainingError.js';

/** Version of the `training` part of `model.json`; a change of what it holds or means is another version. */
export const checkpointVersion = 2;

const fileSchema = z.strictObject({ path: z.string(), bytes: z.int(), sha256: z.string() });
const specSchema = z.looseObject({
  name: z.string(),
  shape: z.array(z.int()),
  dtype: z.enum(['float32', 'int32']),
});
const pairSchema = z.tuple([z.number(), z.number()]);

/** Everything a run needs to go on as if it had not stopped, beside its tensors. */
const progressSchema = z.strictObject({
  step: z.int(),
  /** Training seconds so far. */
  seconds: z.number(),
  /** Updates of the optimiser: `step` less those skipped. */
  updates: z.int(),
  skipped: z.int(),
  /** Steps of the last entry of the training loss and of the last validation. */
  logged: z.int(),
  validated: z.int(),
  /** The sums since that entry. */
  window: z.strictObject({ totals: pairSchema, finite: pairSchema, steps: z.int() }),
  best: z.strictObject({ step: z.int(), nats: z.number(), since: z.int() }).nullable(),
});

/** What must be the same where a checkpoint is gone on from. */
const identitySchema = z.strictObject({
  config: z.record(z.string(), z.unknown()),
  data: z.strictObject({
    name: z.string(),
    images: z.int(),
    shape: z.array(z.int()),
    levels: z.int(),
    /** SHA-256 of the files that training and validation images came from, by file name; older checkpoints have none. */
    checksums: z.record(z.string(), z.string()).optional(),
  }),
  /**
   * Position in the data and state of the random numbers: both follow from seed and step, so what is kept is the
   * SHA-256 of the next batch, its indices and intensities, to prove it.
   */
  nextBatch: z.string(),
});

const trainingSchema = z.strictObject({
  version: z.literal(checkpointVersion),
  progress: progressSchema,
  identity: identitySchema,
  /** Engine and kernels that computed it: others go on, but not bit for bit. */
  engine: z.string(),
  weights: fileSchema,
  state: fileSchema,
  /** What the tensors in the state's file are; their names are `group/index`. */
  stateSpecs: z.array(specSchema),
});

const checkpointSchema = z.looseObject({
  modelTopology: z.looseObject({}),
  weightsManifest: z
    .array(z.strictObject({ paths: z.array(z.string()), weights: z.array(specSchema) }))
    .length(1),
  training: trainingSchema,
});

export type TrainingProgressState = z.infer<typeof progressSchema>;
export type CheckpointIdentity = z.infer<typeof identitySchema>;
type CheckpointJson = z.infer<typeof checkpointSchema>;
export type CheckpointFile = z.infer<typeof fileSchema>;

/** A checkpoint's two files of tensors, verified. */
export interface ReadCheckpoint {
  json: CheckpointJson;
  weights: ArrayBuffer;
  state: ArrayBuffer;
}

/** What is wrong with the files of a checkpoint; an older one may be right. */
export class DamagedCheckpoint extends Error {}

export const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

/** @param batch the next one */
export function identityOf(
  config: TrainingConfig,
  { train, valid }: { train: ImageDataset; valid: ImageDataset },
  batch: Batch,
): CheckpointIdentity {
  const { name, count, height, width, channels, levels } = train;
  const checksums = { ...valid.checksums, ...train.checksums };
  return {
    config: { ...config },
    data: { name, images: count, shape: [height, width, channels], levels, checksums },
    nextBatch: sha256(Buffer.concat([Buffer.from(batch.indices.buffer), batch.intensities])),
  };
}

/** What a checkpoint's `model.json` says of a data file. */
export function describeFile(path: string, data: Uint8Array): CheckpointFile {
  return { path, bytes: data.length, sha256: sha256(data) };
}

/**
 * One of a folder's checkpoints, with every byte verified; null where `name` is not there.
 *
 * @throws DamagedCheckpoint where it is torn or truncated, TrainingError where another version wrote it
 */
export async function readCheckpoint(folder: string, name: string): Promise<ReadCheckpoint | null> {
  const text = await readIfThere(join(folder, name));
  if (text === null) return null;
  const json = parseCheckpoint(join(folder, name), text.toString('utf8'));
  return {
    json,
    weights: await readVerified(folder, json.training.weights),
    state: await readVerified(folder, json.training.state),
  };
}

/** The data files that one of a folder's checkpoints names; none where it cannot be read. */
export async function namedFiles(folder: string, name: string): Promise<string[]> {
  const text = await readIfThere(join(folder, name));
  if (text === null) return [];
  try {
    const { weights, state } = parseCheckpoint(name, text.toString('utf8')).training;
    return [weights.path, state.path];
  } catch {
    return []; // damaged, or of another version: restoring has said so
  }
}

function parseCheckpoint(path: string, text: string): CheckpointJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DamagedCheckpoint(`${path} is not whole (${(error as Error).message})`);
  }
  const { version = 1 } = ((value as { training?: { version?: unknown } })?.training ?? {}) as {
    version?: unknown;
  };
  if (version !== checkpointVersion && (value as { training?: unknown })?.training !== undefined) {
    throw new TrainingError(
      'checkpoint',
      `${path} is a checkpoint of version ${version}, expected version ${checkpointVersion}: go on with the version of this project that wrote it, or start afresh with --fresh.`,
    );
  }
  const parsed = checkpointSchema.safeParse(value);
  if (!parsed.success) {
    throw new DamagedCheckpoint(`${path} is not a checkpoint (${z.prettifyError(parsed.error)})`);
  }
  return parsed.data;
}

async function readVerified(folder: string, file: CheckpointFile): Promise<ArrayBuffer> {
  const path = join(folder, file.path);
  const data = await readIfThere(path);
  if (data === null) throw new DamagedCheckpoint(`${path} is missing`);
  if (data.length !== file.bytes) {
    throw new DamagedCheckpoint(`${path}: expected ${file.bytes} bytes, got ${data.length}`);
  }
  const found = sha256(data);
  if (found !== file.sha256) {
    throw new DamagedCheckpoint(`${path}: expected SHA-256 ${file.sha256}, got ${found}`);
  }
  return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
