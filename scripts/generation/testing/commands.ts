import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { vi } from 'vitest';
import { execute } from '../command.js';
import { completeCommand } from '../completeCommand.js';
import { compressCommand } from '../compressCommand.js';
import { decompressCommand } from '../decompressCommand.js';
import { sampleCommand } from '../sampleCommand.js';

/** For tests: the shape of {@link saveModel}'s images. */
export const shape = { height: 28, width: 28, channels: 1, levels: 2 };

/** For tests: saves a model, as small as they come, of the size of MNIST, into a new folder. */
export async function saveModel(model: string): Promise<void> {
  await loadEngine({ quiet: true });
  await mkdir(model);
  const size = { height: 28, width: 28, colors: 1, levels: 2 };
  const built = pixelCNN({ ...size, blocks: 1, h: 3, headWidth: 4, seed: 1 });
  await built.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await writeFile(join(model, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
      await writeFile(join(model, 'weights.bin'), new Uint8Array(weightData as ArrayBuffer));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
}

const commands = { sampleCommand, completeCommand, compressCommand, decompressCommand };

/** For tests: runs a command in this process. */
export async function run(name: string, ...args: string[]) {
  const printed = { stdout: '', stderr: '' };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line) => {
      printed.stdout += `${line}\n`;
    }),
    vi.spyOn(console, 'error').mockImplementation((line) => {
      printed.stderr += `${line}\n`;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      printed.stderr += text;
      return true;
    }),
  ];
  try {
    const build = commands[`${name}Command` as keyof typeof commands];
    return { status: await execute(name, build(new AbortController().signal), args), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** For tests: width, height and frames of a picture. */
export const sizeOf = async (path: string) => {
  const { width, height, pages = 1 } = await sharp(path, { animated: true }).metadata();
  return [width, height / pages, pages];
};
