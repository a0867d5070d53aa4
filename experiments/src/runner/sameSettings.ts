import { type ExperimentRow, isClosedForm } from '../experiment.js';
import { differences } from './differences.js';
import type { FinishedRun, RunResults } from './runResults.js';
import { settingsSchema } from './settings.js';

/** Settings that change no number of a table's row. */
const aside = [
  'trainImages',
  'samples',
  'sampleEvery',
  'logEvery',
  'checkpointMinutes',
  'tensorBoard',
  'replay',
];

/** A run whose settings are not those of the row's first seed. */
interface OtherSeed {
  seed: number;
  /** The seed whose settings count. */
  first: number;
  /** `h: 8 with seed 0, 16 with seed 1` */
  found: string[];
}

/** The runs of a row that one mean may be taken over, by seed: those with the settings of the lowest seed; and the others. */
export function sameSettings(
  row: ExperimentRow,
  runs: RunResults | undefined,
): { same: RunResults; others: OtherSeed[] } {
  const sorted = [...(runs ?? [])].sort(([a], [b]) => a - b);
  const same: RunResults = new Map();
  const others: OtherSeed[] = [];
  const [lowest] = sorted;
  for (const [seed, run] of sorted) {
    const first = lowest?.[0] ?? seed;
    const found = lowest
      ? differences(counted(row, lowest[1]), counted(row, run), [`with seed ${first}`, `with seed ${seed}`])
      : new Map<string, string>();
    if (found.size === 0) same.set(seed, run);
    else others.push({ seed, first, found: [...found.values()] });
  }
  return { same, others };
}

/** A line for each run that its row's mean leaves out. */
export function leftOut(rows: readonly ExperimentRow[], results: ReadonlyMap<string, RunResults>): string[] {
  return rows.flatMap((row) =>
    sameSettings(row, results.get(row.name)).others.map(
      ({ seed, first, found }) =>
        `${row.label}, seed ${seed}: left out of the table, which has the settings of seed ${first} (${found.join('; ')}): run it with those, or with another --out.`,
    ),
  );
}

/** The settings of a run that its numbers follow from, with defaults for those that are newer, and its images. */
function counted(row: ExperimentRow, { settings: given, result }: FinishedRun): Record<string, unknown> {
  if (isClosedForm(row)) return { dataset: result.dataset };
  const settings = { ...given, ...completed(row, given) };
  const idle = [...aside, ...(row.model?.idle?.(settings) ?? [])];
  if (settings.patience === null) idle.push('validateEvery', 'minDelta');
  if (result.steps === settings.steps) idle.push('maxSeconds'); // the time did not end it
  const entries = Object.entries(settings).filter(([key]) => !idle.includes(key));
  return { ...Object.fromEntries(entries), dataset: result.dataset };
}

function completed({ model }: ExperimentRow, settings: Record<string, unknown>): Record<string, unknown> {
  if (!model) return {};
  return settingsSchema(model).loose().safeParse(settings).data ?? {};
}
