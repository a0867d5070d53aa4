import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as tf from '@tensorflow/tfjs';
import { didYouMean } from '../runner/nearest.js';
import { UsageError } from '../runner/usageError.js';
import { readModel } from './adoptedFiles.js';

/** The committed results of this checkout. */
export const resultsFolder = fileURLToPath(new URL('../../../results', import.meta.url));

/** A committed run's name, `<id>/<row>`, and its folder, for every run with weights. */
export async function pretrainedModels(results = resultsFolder): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const folders = async (path: string) => (existsSync(path) ? (await readdir(path)).sort() : []);
  for (const id of await folders(results)) {
    for (const row of await folders(join(results, id, 'runs'))) {
      for (const seed of await folders(join(results, id, 'runs', row))) {
        const folder = join(results, id, 'runs', row, seed);
        if (!existsSync(join(folder, 'model', 'model.json'))) continue;
        found.set(`${id}/${row}/${seed}`, folder);
        if (!found.has(`${id}/${row}`)) found.set(`${id}/${row}`, folder);
      }
    }
  }
  return found;
}

/**
 * A trained model of the committed results, ready to evaluate and to sample from: `table4/diagonal-bilstm-7x16`, or with its
 * seed `table4/diagonal-bilstm-7x16/seed-0`; without, that of the lowest seed. Its MODEL.md says what it was trained on
 * and its likelihood. An engine must have been loaded.
 *
 * @param results folder of the results; this checkout's by default
 * @returns scaled pixels [B, H, W, C] to logits, as `@pixelrnn/models` describes them; the caller disposes it
 * @throws UsageError listing the names that there are
 */
export async function loadPretrained(name: string, results = resultsFolder): Promise<tf.LayersModel> {
  return readModel(join(await pretrainedFolder(name, results), 'model'));
}

/** The run folder of a trained model's name. @throws UsageError listing the names that there are */
export async function pretrainedFolder(name: string, results: string): Promise<string> {
  const models = await pretrainedModels(results);
  const folder = models.get(name);
  if (folder === undefined) {
    const names = [...models.keys()];
    throw new UsageError(
      `No trained model ${name}: expected one of ${names.join(', ') || 'none, for none is committed'}.${didYouMean(name, names)}`,
    );
  }
  return folder;
}
