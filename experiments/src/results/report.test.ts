import { expect, it } from 'vitest';
import { autoencoder } from '../autoencoder.js';
import { completions } from '../completions.js';
import type { Experiment } from '../experiment.js';
import { gatedTable2 } from '../gatedTable2.js';
import { softmaxDistributions } from '../softmaxDistributions.js';
import { table3 } from '../table3.js';
import { table4 } from '../table4.js';
import { table5 } from '../table5.js';
import { table6 } from '../table6.js';
import { committedRuns } from './committedRuns.js';
import { resultsFolder } from './loadPretrained.js';
import { resultsReadme, summary } from './report.js';

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

it("tells quoted numbers' source once, without a number on training images", () => {
  const text = resultsReadme([{ experiment: gatedTable2, ...empty }]);
  expect(text).toContain('PixelRNN, 64x64 3.63 (Gated PixelCNN, Table 2).');
});

it('says what its numbers are where they are not of whole images', () => {
  const text = resultsReadme([table4, completions].map((experiment) => ({ experiment, ...empty })));
  expect(text).toContain('\nNegative log-likelihood of the test images, nats per image.');
  expect(text).toContain(
    '\nNegative log-likelihood of the lower half given the upper one (test images), nats per image.',
  );
});

it('explains what is bold, and what numbers are not to be read as', () => {
  const recipes = { version: 1 as const, experiment: 'table6', metric: 'bits/dim' as const, tries: [] };
  const text = resultsReadme([
    { experiment: table6, ...empty, recipes },
    { experiment: autoencoder, ...empty },
  ]);
  expect(text).toContain('Bold is the best of a row after as many steps');
  expect(text).toContain('| steps | held-out, bits/dim | images |'); // its validation images are the test split
  expect(text).toContain(`\n\n${autoencoder.note}\n`);
  expect(autoencoder.note).toMatch(/no better model/);
});

it("compares compute with that of the paper's sizes, where it gives some, and marks those recalled", async () => {
  const compute = async (experiment: Experiment, name: string) => {
    const runs = await committedRuns(experiment, resultsFolder);
    const label = experiment.rows.find((row) => row.name === name)?.label;
    const [, line] = resultsReadme([{ experiment, ...empty, runs }]).split(`\n| [${label}]`);
    return line?.split('\n')[0]?.split(' | ')[9];
  };
  expect(await compute(table5, 'pixelcnn')).toMatch(/^[\d.]+ x 10\^\d$/);
  expect(await compute(gatedTable2, 'gated-pixelcnn-32x32')).toMatch(/^[\d.]+ x 10\^\d \(\?\)$/);
  expect(await compute(gatedTable2, 'gated-pixelcnn-64x64')).toBe('');
  expect(await compute(table4, 'pixelcnn')).toBe('');
});
