import { configDifferences, parseTrainingConfig } from '@pixelrnn/training';
import { differences, otherSettings } from './differences.js';
import type { EarlierRun, Measure, Work } from './runFolder.js';
import type { RowSettings } from './settings.js';
import { isTrainingOption, trainingOptions } from './trainingOptions.js';

/** Settings that say what is measured of a trained model. */
const measuredBy: [string, Measure][] = [
  ['testImages', 'test'],
  ['validImages', 'valid'],
  ['trainImages', 'train'],
  ['samples', 'samples'],
];

/** Settings that are not training's own and change no weights. */
const harmless = ['testImages', 'trainImages', 'samples', 'sampleEvery'];

/** A run of a model that is asked for. */
export interface AskedRun {
  folder: string;
  seed: number;
  settings: RowSettings;
  /** What `config.json` is to hold beside the settings. */
  rest: Record<string, unknown>;
  /** The settings of an earlier run, with defaults for those that are newer; null where they are none of this row. */
  complete: (settings: unknown) => RowSettings | null;
}

/**
 * What is to be done for a run of a model where there is an earlier one. It goes on where the weights of no step would
 * differ (`configDifferences` of @pixelrnn/training), and is only measured where they are final. It begins anew where
 * nothing that was trained is left and, with other options of training, where the numbers stopped being finite.
 *
 * @throws Error naming the settings in which the earlier run is another one
 */
export function workAfter(asked: AskedRun, there: EarlierRun): Work {
  const { folder, settings: now } = asked;
  const { settings: given, ...rest } = there.config;
  const outside = differences(rest, asked.rest);
  const before = asked.complete(given);
  const inside = differences(before ?? Object(given), now);
  if (outside.size > 0 || !before) throw otherSettings(folder, [...outside.values(), ...inside.values()]);
  const other = otherKeys(asked, before, there);
  if (other.length > 0) {
    const changes = other.map((key) => inside.get(key) as string);
    const why = whyAnew(other, there);
    if (why === null) throw otherSettings(folder, changes);
    return { kind: 'anew', why: `beginning anew (${changes.join('; ')}): ${why}` };
  }
  if (!there.result) return { kind: 'run' };
  const timedOut = before.maxSeconds !== null && there.result.seconds >= before.maxSeconds;
  if (inside.has('steps') || (timedOut && inside.has('maxSeconds'))) return { kind: 'run' };
  const measures = measuredBy.filter(([key]) => inside.has(key)).map(([, measure]) => measure);
  return measures.length > 0 ? { kind: 'measure', measures: new Set(measures) } : { kind: 'done' };
}

/** Settings that make it another run. */
function otherKeys(
  { settings: now, seed }: AskedRun,
  before: RowSettings,
  { result, trained }: EarlierRun,
): string[] {
  const modelAndData = [...differences(before, now).keys()].filter(
    (key) => !isTrainingOption(key) && !harmless.includes(key),
  );
  const config = (settings: RowSettings) => parseTrainingConfig(trainingOptions(settings, seed));
  return [...modelAndData, ...configDifferences(config(before), config(now), result ?? trained ?? undefined)];
}

/** Why what is there may be thrown away; null where it may not. */
function whyAnew(other: readonly string[], { result, failure, trained }: EarlierRun): string | null {
  if (!result && !trained) return 'nothing that was trained here before is left';
  if (failure !== null && other.every(isTrainingOption)) return `the run before ended: ${failure}`;
  return null;
}
