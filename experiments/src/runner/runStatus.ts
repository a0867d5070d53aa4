import { type Dirent, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runLockOwner } from '@pixelrnn/files';
import { bitsPerDim, type MetricsLine, type RunResult } from '@pixelrnn/metrics';
import { checkpointOf } from './checkpointOf.js';
import { type RunConfig, runConfigSchema } from './runConfig.js';
import { readConfig, readFailure, readResult } from './runFiles.js';
import { readRunLog } from './runLog.js';
import { whyDamaged } from './whyDamaged.js';

/** How a run stands, by what its folder holds. */
type RunState =
  | { state: 'done' }
  | { state: 'running'; pid: number; host: string | null }
  | { state: 'failed'; message: string }
  | { state: 'interrupted' }
  /** Submitted to Slurm: how it stands there, in words. */
  | { state: 'submitted'; text: string }
  /** Not a run of this version: why. */
  | { state: 'unreadable'; message: string };

export type RunStatus = RunState & {
  /** `<id>/runs/<row>/seed-<n>`, and its parts. */
  folder: string;
  experiment: string;
  row: string;
  seed: number;
  /** The step reached; of an interrupted or failed run, that of its last checkpoint. */
  step: number;
  /** Steps of the whole run; null where they are not known. */
  steps: number | null;
  /** Last validation in nats per image; null before the first. */
  valid: number | null;
  /** The same in bits/dim; null where the images' dimensions are not known yet. */
  bits: number | null;
  /** Training seconds that are left at the pace of the last entries; null where there is none. */
  secondsLeft: number | null;
};

/** Entries of the metrics log that the pace is taken from. */
const recent = 20;

const nothing = { step: 0, steps: null, valid: null, bits: null, secondsLeft: null };

/** A run without a folder. */
export function unstarted(out: string, names: Pick<RunStatus, 'experiment' | 'row' | 'seed'>) {
  const { experiment, row, seed } = names;
  return { ...names, folder: join(out, experiment, 'runs', row, `seed-${seed}`), ...nothing };
}

/** Every run under `out`, in the order of its folders' names; read from run folders alone. */
export async function runStatuses(out: string): Promise<RunStatus[]> {
  const found: RunStatus[] = [];
  for (const experiment of await folders(out)) {
    for (const row of await folders(join(out, experiment, 'runs'))) {
      for (const name of await folders(join(out, experiment, 'runs', row))) {
        const seed = /^seed-(\d+)$/.exec(name)?.[1];
        if (seed === undefined) continue;
        const folder = join(out, experiment, 'runs', row, name);
        found.push(await runStatus(folder, { experiment, row, seed: Number(seed) }));
      }
    }
  }
  return found;
}

async function runStatus(
  folder: string,
  names: { experiment: string; row: string; seed: number },
): Promise<RunStatus> {
  try {
    const config = configOf(folder, await readConfig(folder));
    const result = await readResult(folder);
    if (result) return { ...names, folder, ...nothing, ...finished(result), state: 'done' };
    const lines = await metricsOf(folder);
    const checkpoint = await checkpointOf(folder);
    const owner = await runLockOwner(folder);
    const failure = await readFailure(folder);
    const reached = lines.at(-1)?.step ?? 0;
    const step = owner ? reached : (checkpoint?.step ?? 0);
    const steps = typeof config?.settings.steps === 'number' ? config.settings.steps : null;
    const valid = lines.findLast((line) => line.valid !== undefined)?.valid ?? null;
    const dimensions = checkpoint?.dimensions ?? null;
    return {
      ...names,
      folder,
      ...stateOf(owner, failure),
      step,
      steps,
      valid,
      bits: valid === null || dimensions === null ? null : bitsPerDim(valid, dimensions),
      secondsLeft: secondsLeft(lines, step, config),
    };
  } catch (error) {
    return { ...names, folder, ...nothing, state: 'unreadable', message: (error as Error).message };
  }
}

function finished({ valid, steps, dimensions }: RunResult) {
  return { step: steps, steps, valid, bits: bitsPerDim(valid, dimensions), secondsLeft: 0 };
}

function stateOf(owner: { pid: number; host: string | null } | null, failure: string | null): RunState {
  if (owner) return { state: 'running', ...owner };
  return failure === null ? { state: 'interrupted' } : { state: 'failed', message: failure };
}

function configOf(folder: string, config: Record<string, unknown> | null): RunConfig | null {
  if (config === null) return null;
  const parsed = runConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new Error(
    `${join(folder, 'config.json')} is of another version of this project (${whyDamaged(parsed.error)}): use that version, or another --out.`,
  );
}

/** Training seconds to the end, or to the time limit where that comes first. */
function secondsLeft(lines: readonly MetricsLine[], step: number, config: RunConfig | null): number | null {
  const { steps, maxSeconds } = (config?.settings ?? {}) as { steps?: number; maxSeconds?: number | null };
  const [first, last] = [lines.at(-recent) ?? lines[0], lines.at(-1)];
  if (steps === undefined || !first || !last) return null;
  const [from, to] = first.step === last.step ? [{ step: 0, seconds: 0 }, last] : [first, last];
  if (to.step <= from.step) return null;
  const left = ((steps - step) * (to.seconds - from.seconds)) / (to.step - from.step);
  return maxSeconds ? Math.min(left, Math.max(0, maxSeconds - last.seconds)) : left;
}

async function metricsOf(folder: string): Promise<MetricsLine[]> {
  return existsSync(join(folder, 'metrics.jsonl')) ? readRunLog(folder) : [];
}

async function folders(path: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return names.sort(new Intl.Collator('en', { numeric: true }).compare);
}
