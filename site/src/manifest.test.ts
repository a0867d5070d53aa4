import { expect, test } from 'vitest';
import { type SiteModel, sideBySide } from './manifest.js';

const digits = { height: 28, width: 28, colors: 1, levels: 2 } as SiteModel;
const named = (...names: string[]) => names.map((name): SiteModel => ({ ...digits, name }));

test('of several seeds of a row the lowest stands beside others, where it stood', () => {
  const models = named('a/row/seed-10', 'a/row-lstm/seed-1', 'b/row/seed-3', 'a/row/seed-2');
  expect(sideBySide(models).map(({ name }) => name)).toEqual([
    'a/row-lstm/seed-1',
    'b/row/seed-3',
    'a/row/seed-2',
  ]);
});

test('models of colours and those of Figure 4 stand beside no others', () => {
  const models = [
    ...named('receptive-field/row/seed-0', 'a/row/seed-1'),
    { ...digits, name: 'a/row/seed-0', colors: 3 },
  ];
  expect(sideBySide(models).map(({ name }) => name)).toEqual(['a/row/seed-1']);
});
