import { expect, it } from 'vitest';
import { completions } from '../completions.js';
import { softmaxDistributions } from '../softmaxDistributions.js';
import { table3 } from '../table3.js';
import { table4 } from '../table4.js';
import { summary } from './report.js';

const empty = { runs: [], recipes: null, pictures: [] };

it('sums up what is trained, and names what is measured on its weights', () => {
  const reports = [table4, completions, softmaxDistributions].map((experiment) => ({ experiment, ...empty }));
  const [header, , ...rest] = summary(reports, [table3, table4, completions]).split('\n');
  expect(header).toBe('| table | row | paper | ours ± standard error | steps | departures |');
  expect(rest).toEqual([
    '',
    `Measured without further training: ${completions.title}; ${softmaxDistributions.title}.`,
    '',
    `Not trained yet: ${table3.title}.`,
  ]);
});
