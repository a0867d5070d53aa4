import { loadEngine } from '@pixelrnn/engine';
import { beforeAll, expect, it } from 'vitest';
import { table5 } from './table5.js';

beforeAll(() => loadEngine({ quiet: true }));

const shape = { height: 32, width: 32, colors: 3, levels: 256 };

it("holds the paper's numbers, each with its source", () => {
  expect(table5.rows.map(({ name, paper, paperSource }) => [name, paper, paperSource])).toEqual([
    ['uniform', 8, 'PixelRNN, Table 5'],
    ['gaussian', 4.7, 'PixelRNN, Table 5'],
    ['nice', 4.48, 'PixelRNN, Table 5'],
    ['deep-diffusion', 4.2, 'PixelRNN, Table 5'],
    ['deep-gmms', 4, 'PixelRNN, Table 5'],
    ['ride', 3.47, 'PixelRNN, Table 5'],
    ['pixelcnn', 3.14, 'PixelRNN, Table 5 (train 3.08)'],
    ['row-lstm', 3.07, 'PixelRNN, Table 5 (train 3.00)'],
    ['diagonal-bilstm', 3, 'PixelRNN, Table 5 (train 2.93)'],
  ]);
});

it('builds the models of its presets', () => {
  for (const row of table5.rows) {
    for (const preset of ['smoke', 'cpu'] as const) {
      const model = row.model?.build(row.model.presets[preset], shape, 0);
      if (model) expect(model.outputs[0]?.shape).toEqual([null, 32, 32, 3, 256]);
      model?.dispose();
    }
  }
  const { model } = table5.rows.find(({ name }) => name === 'pixelcnn')!;
  const built = model!.build(model!.presets.paper, shape, 0);
  const block = 256 * 128 + 128 + (9 * 128 * 128 + 128) + (128 * 256 + 256);
  const head = 256 * 1024 + 1024 + (1024 * 1024 + 1024) + (1024 * 768 + 768);
  expect(built.countParams()).toBe(49 * 3 * 256 + 256 + 15 * block + head);
  built.dispose();
});
