import { expect, it } from 'vitest';
import { type ResultTable, resultTableSchema, tableToCsv, tableToMarkdown } from './resultTable.js';

const row = {
  name: 'skip',
  label: 'Skip',
  paper: 3.2,
  paperSource: 'PixelRNN, Table 2',
  paperRecalled: true,
  test: 4.5,
  valid: 4.25,
  train: null,
  sd: null,
  seeds: [0],
  parameters: 10,
  steps: 20,
  images: 320,
  seconds: 3.4,
  engine: 'node',
};
const table: ResultTable = {
  experiment: 'table2',
  preset: 'cpu',
  metric: 'bits/dim',
  split: 'valid',
  rows: [row],
};

it('sets the split that the paper reports beside its number', () => {
  const lines = (split: 'test' | 'valid') =>
    tableToMarkdown({ ...table, split })
      .split('\n')
      .slice(-4, -1);
  expect(lines('valid')[0]).toContain('| model | paper | ours: valid | sd | test | train |');
  expect(lines('valid')[2]).toContain('| Skip | 3.20 (?) | 4.250 |  | 4.500 |  |');
  expect(lines('test')[0]).toContain('| model | paper | ours: test | sd | valid | train |');
  expect(lines('test')[2]).toContain('| Skip | 3.20 (?) | 4.500 |  | 4.250 |  |');
});

it('counts the runs of a row, and tells their seeds apart from that', () => {
  const lines = (seeds: number[]) => tableToMarkdown({ ...table, rows: [{ ...row, seeds }] }).split('\n');
  expect(lines([0])[4]).toContain('| train | runs | parameters |');
  expect(lines([0])[6]).toContain('|  | 1 (seed 0) | 10 |');
  expect(lines([0, 2])[6]).toContain('|  | 2 (seeds 0, 2) | 10 |');
  expect(lines([])[6]).toContain('|  |  | 10 |');
});

it('says what the columns are where the names of the splits do not', () => {
  const note = 'test: the validation images; valid: held-out training images.';
  expect(tableToMarkdown(table, { note })).toContain(
    `over seeds. (?) marks a number of the paper that was recalled, not read again. ${note}\n`,
  );
});

it('says what the numbers are', () => {
  expect(tableToMarkdown(table)).toContain('\nNegative log-likelihood in bits per dimension; lower');
  expect(tableToMarkdown(table, { quantity: 'Likelihood of halves' })).toContain(
    '\nLikelihood of halves in bits per dimension;',
  );
});

it('explains (?) where a number was recalled, and only there', () => {
  expect(tableToMarkdown(table)).toContain('(?) marks a number of the paper that was recalled');
  const read = { ...table, rows: [{ ...row, paperRecalled: false }] };
  expect(tableToMarkdown(read)).not.toContain('(?)');
  expect(tableToCsv(table)).toContain('skip,Skip,3.2,"PixelRNN, Table 2",true,4.5,4.25,');
});

it('reads tables that were written before there were splits: those are of the test split', () => {
  const { split, ...older } = table;
  const { paperRecalled, ...olderRow } = row;
  expect(resultTableSchema.parse({ ...older, rows: [olderRow] })).toEqual({
    ...table,
    split: 'test',
    rows: [{ ...row, paperRecalled: false }],
  });
});
