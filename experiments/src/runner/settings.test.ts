import { describe, expect, it } from 'vitest';
import type { ExperimentRow, RowModel } from '../experiment.js';
import { table4 } from '../table4.js';
import { parseAssignment, resolveSettings } from './settings.js';

const pixelcnn = table4.rows.find(({ name }) => name === 'pixelcnn') as ExperimentRow & { model: RowModel };

describe('parseAssignment', () => {
  it.each([
    ['steps=12', ['steps', 12]],
    ['maxSeconds=null', ['maxSeconds', null]],
    ['data=seeded', ['data', 'seeded']],
    ['label=a=b', ['label', 'a=b']],
    ['learningRate=1e-3', ['learningRate', 0.001]],
  ])('%s', (text, parsed) => {
    expect(parseAssignment(text)).toEqual(parsed);
  });

  it.each(['steps', '=3', ''])('refuses %j', (text) => {
    expect(() => parseAssignment(text)).toThrow(`--set expects key=value, got ${text}`);
  });
});

describe('resolveSettings', () => {
  it.each(['smoke', 'cpu', 'paper'] as const)('every trainable row has a valid %s preset', (preset) => {
    for (const row of table4.rows) {
      if (row.model)
        expect(resolveSettings({ ...row, model: row.model }, preset)).toMatchObject(
          row.model.presets[preset],
        );
    }
  });

  it('changes what was asked for and nothing else', () => {
    const settings = resolveSettings(pixelcnn, 'smoke', { h: 5, steps: 2 });
    expect(settings).toEqual({ ...resolveSettings(pixelcnn, 'smoke'), h: 5, steps: 2 });
    expect(settings).toMatchObject({ ...pixelcnn.model.presets.smoke, h: 5, steps: 2 });
  });

  it('names a preset that there is not', () => {
    expect(() => resolveSettings(pixelcnn, 'big' as 'cpu')).toThrow(
      'preset: expected one of smoke, cpu, paper, got big.',
    );
  });

  it('names an unknown key with those that exist, and a value of the wrong type or range', () => {
    expect(() => resolveSettings(pixelcnn, 'smoke', { hidden: 3 })).toThrow(
      /pixelcnn has no setting hidden: expected one of data, steps,.*blocks, h,/,
    );
    expect(() => resolveSettings(pixelcnn, 'smoke', { steps: 'many' })).toThrow(
      'Settings of pixelcnn: steps: expected a number, got many.',
    );
    expect(() => resolveSettings(pixelcnn, 'smoke', { learningRate: -1 })).toThrow(
      'Settings of pixelcnn: learningRate: expected a number above 0, got -1.',
    );
    expect(() => resolveSettings(pixelcnn, 'smoke', { kernelSize: 4 })).toThrow(
      'Settings of pixelcnn: kernelSize: must be odd, got 4.',
    );
    expect(() => resolveSettings(pixelcnn, 'smoke', { firstKernel: 1 })).toThrow(
      'firstKernel: expected a number from 3, got 1',
    );
    expect(() => resolveSettings(pixelcnn, 'smoke', { optimizer: 'sgd', decay: 1, steps: 1.5 })).toThrow(
      'Settings of pixelcnn: steps: expected a whole number, got 1.5; optimizer: expected one of rmsprop, adam, got sgd; decay: expected a number below 1, got 1.',
    );
    expect(() => resolveSettings(pixelcnn, 'smoke', { stepz: 3 })).toThrow(/ Did you mean steps/);
    expect(() => resolveSettings(pixelcnn, 'smoke', { schedule: 'step' })).toThrow(
      "Settings of pixelcnn: schedule 'step' needs stepEvery",
    );
  });
});
