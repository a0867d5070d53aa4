import type { CommittedRun } from './committedRuns.js';

/**
 * By how much densities of dequantised pixels are above the discrete models of their integrals, image by image; null where no run
 * measured both. The two rows of a model, whose labels agree up to the comma, are told once.
 */
export function pairedGaps(runs: readonly Pick<CommittedRun, 'row' | 'bounds'>[]): string | null {
  const gaps = new Map<string, string>();
  for (const { row, bounds } of runs) {
    if (!bounds || bounds.gap.mean === 0) continue; // a softmax is the same both ways
    const [model = row.label] = row.label.split(',');
    const { gap, images, unit } = bounds;
    gaps.set(
      model,
      `${model} ${gap.mean.toFixed(4)} ± ${gap.standardError.toFixed(4)} ${unit} over ${images.toLocaleString('en-US')} images`,
    );
  }
  if (gaps.size === 0) return null;
  return `Image by image, dequantised pixels cost more than the integrals over bins, by the mean ± standard error of the difference: ${[...gaps.values()].join('; ')}.`;
}
