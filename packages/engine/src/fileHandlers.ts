import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import * as tf from '@tensorflow/tfjs';
import { EngineError } from './engineError.js';

const scheme = 'file://';

type Router = Parameters<typeof tf.io.registerSaveRouter>[0];

/**
 * Makes `model.save('file://folder')` and `tf.loadLayersModel('file://folder/model.json')` work where the engine brings
 * no handlers for files, as tfjs-node does: on WebAssembly and in plain JavaScript. The files are those of tfjs-node.
 */
export function registerFileHandlers(): void {
  const url = `${scheme}model`;
  if (tf.io.getSaveHandlers(url).length === 0) {
    // The type of a router forgets that it may give null.
    const router = (to: string | string[]) =>
      isFile(to) ? { save: (model: tf.io.ModelArtifacts) => save(pathOf(to), model) } : null;
    tf.io.registerSaveRouter(router as Router);
  }
  if (tf.io.getLoadHandlers(url).length === 0) {
    const router = (from: string | string[]) => (isFile(from) ? { load: () => load(pathOf(from)) } : null);
    tf.io.registerLoadRouter(router as Router);
  }
}

const isFile = (url: string | string[]): url is string => typeof url === 'string' && url.startsWith(scheme);
const pathOf = (url: string) => resolve(url.slice(scheme.length));

/** Writes `model.json` and `weights.bin` into a folder, which is made where it is not there. */
async function save(folder: string, model: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
  const { weightData, weightSpecs, ...rest } = model;
  await mkdir(folder, { recursive: true });
  const weights = tf.io.concatenateArrayBuffers([weightData ?? new ArrayBuffer(0)].flat());
  await writeFileAtomic(join(folder, 'weights.bin'), new Uint8Array(weights));
  const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs ?? [] }];
  await writeFileAtomic(join(folder, 'model.json'), JSON.stringify({ ...rest, weightsManifest }));
  return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(model) };
}

/** @throws EngineError where there is no such file, or it is a folder */
async function load(path: string): Promise<tf.io.ModelArtifacts> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) {
    throw new EngineError(
      `${scheme}${path} should be the model.json that model.save wrote, but ${found ? 'it is a folder' : 'there is no such file'}: name that file.`,
    );
  }
  const json = JSON.parse(await readFile(path, 'utf8')) as tf.io.ModelJSON;
  return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
    const parts = manifest.flatMap(({ paths }) => paths).map((part) => readFile(join(dirname(path), part)));
    const weights = new Uint8Array(Buffer.concat(await Promise.all(parts)));
    return [manifest.flatMap((group) => group.weights), weights.buffer];
  });
}
