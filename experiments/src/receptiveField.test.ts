import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { pixelCNN } from '@pixelrnn/models';
import { beforeAll, expect, it } from 'vitest';
import { receptiveFieldExperiment } from './receptiveField.js';
import { contextImage, countContext, exactContext } from './receptiveMaps.js';
import { trainable } from './runner/plan.js';
import { someResult } from './testing/someResult.js';

beforeAll(() => loadEngine({ quiet: true }));

const result = someResult({ dataset: 'binarized MNIST (fixed)', steps: 1, images: 16, seconds: 1 });
const rows = receptiveFieldExperiment.rows.filter(trainable);

it('counts what a 7x7 mask A reads: three rows of seven, and three to the left', () => {
  const shape = { height: 15, width: 15, colors: 1, levels: 2 };
  const output = { row: 7, column: 7, color: 0 };
  const model = pixelCNN({ ...shape, blocks: 0, h: 2, headWidth: 2 });
  const context = exactContext(model, shape, output);
  expect(countContext(context, shape, output)).toEqual({ inputs: 3 * 7 + 3, ideal: 7 * 15 + 7 });
  const image = contextImage(context, shape, output);
  const at = (row: number, column: number) => image[row * 15 + column];
  expect([at(7, 7), at(4, 4), at(7, 6), at(7, 8), at(3, 7)]).toEqual([0, 110, 110, 235, 235]);
  model.dispose();
});

it('has rows of about the same number of parameters', () => {
  for (const { name, model } of rows) {
    const built = model.build(model.presets.cpu, { height: 4, width: 4, colors: 1, levels: 2 }, 0);
    expect(Math.abs(built.countParams() / 41_000 - 1), name).toBeLessThan(0.06);
    built.dispose();
  }
});

it('writes the contexts of finished rows: deeper sees more, the Diagonal BiLSTM all but a pixel', async () => {
  const folder = await temporaryFolder();
  const finished = rows.map((row) => ({ row, settings: { ...row.model.presets.smoke }, result, folder }));
  await receptiveFieldExperiment.figures?.(finished, folder);
  const written = JSON.parse(await readFile(join(folder, 'contexts.json'), 'utf8'));
  const inputs = Object.fromEntries(
    written.rows.map((row: { name: string; inputs: number }) => [row.name, row.inputs]),
  );
  const ideal = 14 * 28 + 14;
  expect(inputs['diagonal-bilstm']).toBe(ideal - 1);
  expect(written.key).toMatch(/dark grey: read/);
  const depths = [1, 3, 6, 12].map((blocks) => inputs[`pixelcnn-${blocks}`]);
  expect(depths).toEqual([...depths].sort((a, b) => a - b));
  expect(depths[3]).toBeLessThan(ideal); // the blind spot
  expect(inputs['row-lstm']).toBeLessThan(ideal); // the triangle
  expect((await readFile(join(folder, 'contexts.png'))).subarray(1, 4).toString()).toBe('PNG');
});

it('the pixel that a Diagonal BiLSTM does not read is the last of the row above', () => {
  const shape = { height: 12, width: 12, colors: 1, levels: 2 };
  const output = { row: 6, column: 4, color: 0 };
  const row = rows.find(({ name }) => name === 'diagonal-bilstm')!;
  const model = row.model.build({ ...row.model.presets.smoke, h: 2, headWidth: 2 }, shape, 0);
  const context = exactContext(model, shape, output);
  const missing = [...context.keys()].filter((i) => i < 6 * 12 + 4 && context[i] === 0);
  expect(missing).toEqual([5 * 12 + 11]);
  model.dispose();
});
