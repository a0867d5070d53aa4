import { efficiency, networks, rankCounts, type Speeds } from './mpiModel.js';
import type { PaperPreset } from './mpiPresets.js';
import type { MpiReport } from './mpiReport.js';
import type { Work } from './works.js';

/** A row, and of what kind its model is. */
export interface MeasuredRow {
  work: Pick<Work, 'model' | 'levels'>;
  row: Pick<MpiReport['rows'][number], 'work' | 'gflops' | 'reduction'>;
}

/**
 * The row whose speeds a preset is given: of those with the same model and as many levels the one whose number of
 * parameters is nearest, the first of two as near; undefined where there is none.
 */
function nearestRow(preset: PaperPreset, rows: readonly MeasuredRow[]): MeasuredRow['row'] | undefined {
  const distance = ({ reduction }: MeasuredRow['row']) => Math.abs(reduction.bytes - preset.bytes);
  return rows
    .filter(({ work }) => work.model === preset.model && work.levels === preset.levels)
    .map(({ row }) => row)
    .sort((a, b) => distance(a) - distance(b))[0];
}

/** What training a preset takes at the speeds of the nearest row; null where no row of its kind was measured. */
export function compute(
  preset: PaperPreset,
  rows: readonly MeasuredRow[],
): MpiReport['computed'][number] | null {
  const row = nearestRow(preset, rows);
  if (!row) return null;
  const { name, batch, parameters, steps, flopsPerImage } = preset;
  const speeds: Speeds = {
    flops: 1e9 * row.gflops,
    hostSecondsPerByte: row.reduction.milliseconds / 1000 / row.reduction.bytes,
  };
  return {
    preset: name,
    row: row.work,
    batch,
    parameters,
    gflop: (flopsPerImage * batch) / 1e9,
    steps,
    hours: (flopsPerImage * batch * steps) / speeds.flops / 3600,
    efficiency: networks.map((network) => ({
      ...network,
      ranks: Object.fromEntries(
        rankCounts.map((ranks) => [ranks, efficiency(preset, speeds, ranks, network)]),
      ),
    })),
  };
}
