import type { DatasetSplits } from '@pixelrnn/data';
import type { EngineInfo } from '@pixelrnn/engine';
import { lockRunFolder, type RunLock, type TaskStart } from '@pixelrnn/files';
import type { RunResult } from '@pixelrnn/metrics';
import { changedFiles, environment } from '@pixelrnn/training';
import {
  discardRun,
  noteEnvironment,
  readChecksums,
  readConfig,
  readFailure,
  readResult,
  removeEnd,
  writeConfig,
} from './runFiles.js';

/** What a run folder holds of an earlier run. */
export interface EarlierRun {
  /** Its `config.json`. */
  config: Record<string, unknown>;
  /** Null where it is not finished. */
  result: RunResult | null;
  /** Why it ended, where its numbers stopped being finite. */
  failure: string | null;
  /** Steps and training seconds of its last checkpoint; null where there is none. */
  trained: { steps: number; seconds: number } | null;
}

/** What a result has to be measured again for. */
export type Measure = 'test' | 'valid' | 'train' | 'samples';

/** What is to be done in a run folder. */
export type Work =
  | { kind: 'done' }
  /** From the beginning or from the checkpoint. */
  | { kind: 'run' }
  /** From the beginning: what is there leads nowhere. */
  | { kind: 'anew'; why: string }
  /** The weights are final, the result is not what is asked for. */
  | { kind: 'measure'; measures: ReadonlySet<Measure> };

export interface RunFolderOptions {
  /** `<out>/<id>/runs/<row>/seed-<n>` */
  folder: string;
  /** Discard what is there. */
  fresh: boolean;
  /** The run's name, for `log`. */
  label: string;
  log: (line: string) => void;
  /** What `config.json` is to hold. */
  config: object;
  data: DatasetSplits;
  engine: EngineInfo;
  /** Processes that train together; default 1. */
  ranks?: number;
  /** Where a scheduler has started this: earlier starts lose the folder. */
  start?: TaskStart | undefined;
  /** Steps and seconds of the checkpoint, read while the folder is locked; not for rows without one. */
  trained?: () => Promise<EarlierRun['trained']>;
  /** @throws Error naming the settings in which the run that is there is another one */
  workAfter: (there: EarlierRun) => Work;
}

/** A locked run folder in which there is something to do. */
export interface OpenRun {
  lock: RunLock;
  /** What has to be measured; null: all, after training. */
  measures: ReadonlySet<Measure> | null;
  /** The result of the run, where its measures alone have changed. */
  before: RunResult | null;
  /** Writes `config.json` and `environment.json`; what was finished counts as unfinished from then on. */
  begin(): Promise<void>;
}

/**
 * Runs `body` in a run folder that is locked meanwhile, unless what is asked for is there already.
 *
 * @throws Error if the folder holds a run of other settings or on other images, naming those that differ
 * @throws FileError `locked` if another process works on the folder
 */
export async function inRunFolder(
  options: RunFolderOptions,
  body: (run: OpenRun) => Promise<RunResult>,
): Promise<RunResult> {
  const { folder, fresh, label, log, config, data, engine, ranks, start } = options;
  const checksums = { ...data.train.checksums, ...data.valid.checksums, ...data.test.checksums };
  const finished = fresh ? null : await earlierRun(folder);
  if (finished?.result && options.workAfter(finished).kind === 'done') {
    await requireSameImages(folder, checksums);
    log(`${label}: already done (${folder})`);
    return finished.result;
  }
  const lock = await lockRunFolder(folder, start);
  try {
    if (fresh) await discardRun(folder);
    const there = await earlierRun(folder, options.trained); // another process may have finished it meanwhile
    const work = there ? options.workAfter(there) : ({ kind: 'run' } as const);
    if (work.kind !== 'anew' && (there?.result || there?.trained)) await requireSameImages(folder, checksums);
    if (work.kind === 'done') return there?.result as RunResult;
    if (work.kind === 'anew') {
      log(`${label}: ${work.why}`);
      await discardRun(folder);
    }
    const begin = async () => {
      await lock.assertHeld();
      await removeEnd(folder);
      await writeConfig(folder, config, lock);
      await noteEnvironment(folder, environment(engine, checksums, ranks), lock);
    };
    const measures = work.kind === 'measure' ? work.measures : null;
    return await body({ lock, measures, before: measures && (there?.result ?? null), begin });
  } finally {
    await lock.release();
  }
}

async function requireSameImages(folder: string, now: Record<string, string>): Promise<void> {
  const changed = changedFiles(await readChecksums(folder), now);
  if (changed.length === 0) return;
  throw new Error(
    `${folder} holds a run on other images (${changed.join('; ')}). Use --fresh to replace it, or another --out.`,
  );
}

/** Null where there is none. */
async function earlierRun(
  folder: string,
  trained: RunFolderOptions['trained'] = async () => null,
): Promise<EarlierRun | null> {
  const config = await readConfig(folder);
  if (config === null) return null;
  const [result, failure] = [await readResult(folder), await readFailure(folder)];
  return { config, result, failure, trained: await trained() };
}
