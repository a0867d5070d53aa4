import { expect, it } from 'vitest';
import { findExperiment } from '../registry.js';
import type { CommittedRun } from './committedRuns.js';
import { pairedGaps } from './pairedGaps.js';

const { rows } = findExperiment('discrete-vs-continuous');

/** A run of a row whose images differ by `gap` both ways. */
function run(name: string, gap: number): Pick<CommittedRun, 'row' | 'bounds'> {
  const row = rows.find((row) => row.name === name);
  if (!row) throw new Error(`the experiment should have a row ${name}`);
  const wide = { mean: 4, standardError: 0.02 };
  const bounds = { discrete: wide, dequantised: { ...wide, mean: 4 + gap } };
  return {
    row,
    bounds: { unit: 'bits/dim', images: 1_000, ...bounds, gap: { mean: gap, standardError: gap / 10 } },
  };
}

it('gives the paired difference of each density once, and none of models that are the same both ways', () => {
  const runs = [run('gaussian-bins', 0.02), run('mcgsm', 0.03), run('mcgsm-bins', 0.03), run('softmax', 0)];
  expect(pairedGaps(runs)).toBe(
    'Image by image, dequantised pixels cost more than the integrals over bins, by the mean ± standard error of the difference: ' +
      'Multivariate Gaussian 0.0200 ± 0.0020 bits/dim over 1,000 images; MCGSM 0.0300 ± 0.0030 bits/dim over 1,000 images.',
  );
});

it('says nothing where nothing was measured both ways', () => {
  expect(pairedGaps([run('softmax', 0), { ...run('mcgsm', 0.03), bounds: null }])).toBeNull();
});
