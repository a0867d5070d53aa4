import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderSvg } from '@pixelrnn/plots';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { thisMachine } from './machine.js';
import { benchScaling } from './scaling.js';
import { scalingFigure } from './scalingFigure.js';
import { type ScalingReport, scalingSchema } from './scalingReport.js';
import { scalingWorks } from './scalingWorks.js';

it('measures the rows that are asked for, leaves no tensor behind and writes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-test-'));
  const lines: string[] = [];
  const options = { quick: true, folder, log: (line: string) => lines.push(line) };
  try {
    await benchScaling({ ...options, only: 'diagonal 7x7' });
    const { numTensors } = tf.memory();
    const { report, text, failures } = await benchScaling({ ...options, only: 'row 7x7' });
    expect(tf.memory().numTensors).toBe(numTensors);
    const { rows } = scalingSchema.parse(report);
    expect(rows).toMatchObject([
      { work: 'row 7x7x1 h=16 layers=7 batch=16', model: 'row', side: 7, h: 16, depth: 7, batch: 16 },
    ]);
    expect(text).toContain('row 7x7x1 h=16 layers=7 batch=16');
    expect(failures).toEqual([]);
    expect(lines).toContainEqual('1 rows, 2 rounds');
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const peers = { pytorch: null, torchCompile: null, jax: null };
const report: ScalingReport = {
  machine: thisMachine({ threads: 2, busy: 0, tensorflow: '2.21.0', simd: 16, kernels: 'native' }),
  engine: 'node',
  rows: scalingWorks.map(({ name, model, side, h, depth, batch }) => ({
    work: name,
    unit: 'ms/step',
    ours: 1e-6 * side ** 2 * h * depth * batch,
    peers,
    ratio: null,
    model,
    side,
    h,
    depth,
    batch,
  })),
};

it('draws each model over each axis, in rising order, from the base', async () => {
  expect(scalingSchema.parse(report)).toEqual(report);
  const figure = scalingFigure(report);
  expect(figure.data).toHaveLength(4 * 3);
  expect(figure.data[0]).toMatchObject({
    name: 'PixelCNN',
    x: [7, 14, 20, 28, 40, 56],
    xaxis: 'x',
    yaxis: 'y',
  });
  expect(figure.data[11]).toMatchObject({
    name: 'Diagonal BiLSTM',
    x: [1, 2, 4, 8, 16, 32, 64],
    xaxis: 'x4',
  });
  const times = figure.data.map(({ y }) => y as number[]);
  expect(times[11]?.[3]).toBeCloseTo(1e-6 * 28 ** 2 * 16 * 7 * 8, 9);
  expect(await renderSvg(figure)).toContain('ms a step');
});
