import { expect, it } from 'vitest';
import { didYouMean } from './nearest.js';

it.each([
  ['tabel4', ['table4', 'table5', 'multiscale'], ' Did you mean table4?'],
  ['Table4', ['table4', 'multiscale'], ' Did you mean table4?'],
  ['diagonal', ['pixelcnn', 'diagonal-bilstm-1x32'], ' Did you mean diagonal-bilstm-1x32?'],
  ['zzz', ['table4', 'multiscale'], ''],
  ['table', ['table2', 'table3', 'table4', 'table5'], ' Did you mean table2 or table3 or table4?'],
])('%s among %j', (written, names, expected) => {
  expect(didYouMean(written, names)).toBe(expected);
});
