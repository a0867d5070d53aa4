import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { multiScale } from './multiScale.js';
import { pixelCNN } from './pixelCNN.js';
import { pixelRNN } from './pixelRNN.js';
import { receptiveRadius } from './receptiveRadius.js';

beforeAll(() => loadEngine({ quiet: true }));

it('sums the half-widths of the convolutions', () => {
  const options = { height: 8, width: 8, colors: 1, levels: 2, h: 2, headWidth: 2 };
  expect(receptiveRadius(pixelCNN({ ...options, blocks: 7 }))).toEqual({ rows: 10, columns: 10 });
  expect(receptiveRadius(pixelCNN({ ...options, blocks: 2, firstKernel: 3, kernelSize: 5 }))).toEqual({
    rows: 5,
    columns: 5,
  });
});

it('is infinite for recurrent layers, and unknown for multi-scale models', () => {
  const options = { height: 4, width: 4, colors: 1, levels: 2 };
  const network = { cell: 'row', layers: 1, h: 2, headWidth: 2 } as const;
  const infinite = { rows: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY };
  expect(receptiveRadius(pixelRNN({ ...options, ...network }))).toEqual(infinite);
  expect(
    receptiveRadius(pixelRNN({ ...options, ...network, cell: 'diagonal', distribution: 'mcgsm' })),
  ).toEqual(infinite);
  const models = multiScale({
    ...options,
    stride: 2,
    conditionMaps: 2,
    unconditional: network,
    conditional: network,
  });
  expect(receptiveRadius(models.conditional)).toBeNull();
});

it('is an error that names a layer without a description', () => {
  const layer = tf.layers.conv2d({ filters: 1, kernelSize: 3, padding: 'same', inputShape: [4, 4, 1] });
  layer.name = 'blur';
  expect(() => receptiveRadius(tf.sequential({ layers: [layer] }))).toThrow(
    "layer 'blur' (Conv2D) has no method describe(plan, inputs)",
  );
});
