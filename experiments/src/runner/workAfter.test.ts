import type { RunResult } from '@pixelrnn/metrics';
import { describe, expect, it } from 'vitest';
import { table4 } from '../table4.js';
import { type PlannedRow, plan } from './plan.js';
import type { EarlierRun } from './runFolder.js';
import { type RowSettings, resolveSettings } from './settings.js';
import { workAfter } from './workAfter.js';

const { row } = plan(table4, { preset: 'smoke', rows: ['pixelcnn'] })[0] as PlannedRow;
const rest = { experiment: 'table4', row: 'pixelcnn', preset: 'smoke', seed: 0, dataset: 'stripes' };
const settingsOf = (changes: Record<string, unknown>) =>
  resolveSettings(row, 'smoke', { steps: 50, ...changes });
const result = { steps: 50, seconds: 10 } as RunResult;
const finished = { result, trained: { steps: 50, seconds: 10 }, failure: null };
const unfinished = { result: null, trained: { steps: 20, seconds: 4 }, failure: null };

/** @param before and `now`: changes to the preset */
function work(
  before: Record<string, unknown>,
  now: Record<string, unknown>,
  there: Omit<EarlierRun, 'config'>,
  restNow: Record<string, unknown> = {},
) {
  const settings = settingsOf(now);
  const complete = (given: unknown) => given as RowSettings;
  const asked = { folder: '/run', seed: 0, settings, rest: { ...rest, ...restNow }, complete };
  const earlier = { ...there, config: { ...rest, settings: settingsOf(before) } };
  try {
    const { kind, ...more } = workAfter(asked, earlier);
    return [
      kind,
      ...Object.values(more).map((value) => (value instanceof Set ? [...value].join() : value)),
    ].join(' ');
  } catch (error) {
    return (error as Error).message;
  }
}

const refused = (what: string) =>
  `/run holds a run of other settings (${what}). Use --fresh to replace it, or another --out.`;

describe('a finished run', () => {
  it.each([
    [{}, {}, 'done'],
    [{}, { logEvery: 7, tensorBoard: false, checkpointMinutes: 9, sampleEvery: 10, replay: false }, 'done'],
    [{}, { nonFinite: 'skip' }, 'done'],
    [{}, { testImages: 3 }, 'measure test'],
    [{}, { testImages: 3, validImages: 4, trainImages: 5, samples: 9 }, 'measure test,valid,train,samples'],
    [{}, { samples: 0 }, 'measure samples'],
    [{}, { steps: 51 }, 'run'],
    [{ steps: 100 }, { steps: 60 }, 'run'], // stopped early by time or patience: what was done is less than what is asked for
    [{}, { steps: 51, samples: 9 }, 'run'],
    [{ schedule: 'step', stepEvery: 9 }, { schedule: 'step', stepEvery: 9, steps: 51 }, 'run'],
    [{ maxSeconds: 10 }, { maxSeconds: 20 }, 'run'],
    [{ maxSeconds: 30 }, { maxSeconds: 20 }, 'done'], // it had ended by its steps
  ])('of %j, asked for with %j: %s', (before, now, expected) => {
    expect(work(before, now, finished)).toBe(expected);
  });

  it.each([
    [{}, { steps: 49 }, 'steps: 50 there, 49 asked for'],
    [{ schedule: 'cosine' }, { schedule: 'cosine', steps: 51 }, 'steps: 50 there, 51 asked for'],
    [
      {},
      { learningRate: 1, h: 99, samples: 3 },
      'h: 16 there, 99 asked for; learningRate: 0.001 there, 1 asked for',
    ],
    [{}, { data: 'dynamic' }, 'data: "fixed" there, "dynamic" asked for'],
    [{}, { maxSeconds: 5 }, 'maxSeconds: null there, 5 asked for'],
    [{ patience: 3 }, { patience: 3, validImages: 4 }, 'validImages: 500 there, 4 asked for'],
  ])('of %j is refused with %j: %s', (before, now, what) => {
    const { h, learningRate, data, validImages } = settingsOf({});
    const expected = what
      .replace('h: 16', `h: ${h}`)
      .replace('learningRate: 0.001', `learningRate: ${learningRate}`)
      .replace('data: "fixed"', `data: "${data}"`)
      .replace('validImages: 500', `validImages: ${validImages}`);
    expect(work(before, now, finished)).toBe(refused(expected));
  });

  it('of another preset, seed or dataset is refused', () => {
    expect(work({}, {}, finished, { dataset: 'dots', preset: 'cpu' })).toBe(
      refused('preset: "smoke" there, "cpu" asked for; dataset: "stripes" there, "dots" asked for'),
    );
  });
});

describe('an unfinished run', () => {
  it.each([
    [{}, {}, 'run'],
    [{}, { steps: 20, testImages: 4, nonFinite: 'skip' }, 'run'],
    [{}, { steps: 19 }, refused('steps: 50 there, 19 asked for')],
    [{}, { clipNorm: 1 }, refused('clipNorm: null there, 1 asked for')],
  ])('of %j, asked for with %j: %s', (before, now, expected) => {
    expect(work(before, now, unfinished)).toBe(expected);
  });

  it('that kept nothing begins anew with any settings', () => {
    const nothing = { result: null, trained: null, failure: null };
    expect(work({}, {}, nothing)).toBe('run');
    expect(work({ h: 4 }, { h: 8, clipNorm: 1 }, nothing)).toBe(
      'anew beginning anew (h: 4 there, 8 asked for; clipNorm: null there, 1 asked for): nothing that was trained here before is left',
    );
  });

  it('whose numbers stopped being finite begins anew with other options of training, and nothing else', () => {
    const failed = { ...unfinished, failure: 'The loss was not finite at step 21.' };
    expect(work({ learningRate: 1 }, { learningRate: 0.1, samples: 3 }, failed)).toBe(
      'anew beginning anew (learningRate: 1 there, 0.1 asked for): the run before ended: The loss was not finite at step 21.',
    );
    expect(work({}, { nonFinite: 'skip' }, failed)).toBe('run'); // from the last good checkpoint
    expect(work({ h: 4 }, { h: 8, clipNorm: 1 }, failed)).toBe(
      refused('h: 4 there, 8 asked for; clipNorm: null there, 1 asked for'),
    );
  });

  it('of settings that are none of the row is refused', () => {
    const asked = { folder: '/run', seed: 0, settings: settingsOf({}), rest, complete: () => null };
    const there = { ...unfinished, config: { ...rest, settings: { colour: 'red' } } };
    expect(() => workAfter(asked, there)).toThrow(
      /other settings \(colour: "red" there, undefined asked for; .*h: undefined/,
    );
  });
});
