import { expect, test } from 'vitest';
import type { Completion } from '../tslab.js';
import { matchesAt } from './completion.js';

const completion = (...names: string[]) =>
  ({
    start: 1,
    end: 2,
    candidates: ['given'],
    original: { entries: names.map((name) => ({ name })) },
  }) as unknown as Completion;

const inImport = (code: string, ...names: string[]) => matchesAt(completion(...names), code, code.length);

test('in the string of an import, names that begin as typed replace what is typed', () => {
  const names = ['zod', '@org/b', '@org/a', 'node:fs', '@org/a'];
  expect(inImport("import x from '@o", ...names)).toEqual({
    start: 15,
    end: 17,
    matches: ['@org/a', '@org/b'],
  });
  expect(inImport('const z = await import("zo', ...names).matches).toEqual(['zod']);
  expect(inImport("require('", ...names).matches).toHaveLength(4);
});

test('after a slash entries are what may follow it', () => {
  expect(inImport("export * from '@org/a", 'apple', 'banana')).toEqual({
    start: 20,
    end: 21,
    matches: ['apple'],
  });
  expect(inImport("import './lib/", 'x', 'y')).toEqual({ start: 14, end: 14, matches: ['x', 'y'] });
});

test.each(["const s = 'abc", "import x from 'abc'; x", 'from'])(
  'elsewhere, as in %j, tslab answers',
  (code) => {
    expect(inImport(code, 'abcd')).toEqual({ start: 1, end: 2, matches: ['given'] });
  },
);
