import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { generate } from '@pixelrnn/generation';
import { gatedPixelCNN } from '@pixelrnn/models';
import { labelledGrid } from '@pixelrnn/plots';
import { beforeAll, expect, it } from 'vitest';
import { classPictures } from './classPictures.js';

beforeAll(() => loadEngine({ quiet: true }));

const size = { height: 4, width: 5 };
const data = new ImageDataset({
  ...{ name: 'two', kind: 'seeded', levels: 2, channels: 1 },
  ...size,
  images: new Uint8Array(20),
  labels: Uint8Array.of(0),
});

it('draws a row of samples for each class, at three guidances', async () => {
  const model = gatedPixelCNN({
    ...{ ...size, colors: 1, levels: 2, layers: 1, filters: 4, headWidth: 4 },
    ...{ conditionSize: 2, seed: 3 },
  });
  const context = { data: { train: data, valid: data, test: data }, count: 6, seed: 7 };
  const pictures = await classPictures(['zero', 'one'])(model, context);
  expect(Object.keys(pictures)).toEqual([
    'classes-guidance-0.png',
    'classes-guidance-1.png',
    'classes-guidance-3.png',
  ]);
  const condition = [0, 0, 0, 1, 1, 1];
  const images = await generate(model, { count: 6, seed: 7, condition, guidance: 3 });
  const grid = { ...size, channels: 1, levels: 2, images, count: 6, columns: 3 };
  const expected = await labelledGrid({ ...grid, rowLabels: ['zero', 'one'] });
  expect(pictures['classes-guidance-3.png']?.equals(expected)).toBe(true);
  expect(pictures['classes-guidance-1.png']?.equals(expected)).toBe(false);
  const few = await classPictures(['zero', 'one'])(model, { ...context, count: 1 });
  expect(few['classes-guidance-0.png']?.length).toBeGreaterThan(0);
  model.dispose();
});
