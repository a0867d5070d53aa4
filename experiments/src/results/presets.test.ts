import { expect, it } from 'vitest';
import { experiments } from '../registry.js';
import { resolveSettings } from '../runner/settings.js';
import { committedPreset } from './committedPreset.js';
import { committedRuns } from './committedRuns.js';
import { resultsFolder } from './loadPretrained.js';

/** Pictures may be drawn of a run at any time. */
const presentation = ['samples'];

it.each(
  experiments.filter(({ rows }) => rows.some(({ model }) => model)).map((one) => [one.id, one] as const),
)('the preset of the committed results repeats those of %s', async (_, experiment) => {
  for (const { row, config, path } of await committedRuns(experiment, resultsFolder)) {
    if (!row.model) continue;
    const today = resolveSettings(
      { ...row, model: row.model },
      committedPreset,
      {},
      experiment.dataSettings,
    ) as Record<string, unknown>;
    for (const [key, value] of Object.entries(config.settings)) {
      if (!presentation.includes(key)) expect([path, key, today[key]]).toEqual([path, key, value]);
    }
  }
});
