import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import { z } from 'zod';

const startSchema = z.strictObject({
  host: z.string(),
  /** Slurm's name of the task, `<job>_<number>`. */
  job: z.string(),
  /** The step of the checkpoint that it resumes from; 0 without one. */
  step: z.int().nonnegative(),
  /** How many starts before it, in a row, began at the same step. */
  stalled: z.int().nonnegative(),
});

const endSchema = z.strictObject({
  /** `requeued`: saved, and in the queue again; `stopped`: ended by Slurm, which puts it into the queue again itself. */
  state: z.enum(['done', 'failed', 'requeued', 'stopped', 'cancelled']),
  message: z.string().optional(),
});

export type TaskStartNote = z.infer<typeof startSchema>;
export type TaskEndNote = z.infer<typeof endSchema>;

/** What a task has written down of its last start. */
export interface TaskNotes {
  restart: number;
  start: TaskStartNote;
  /** Null where it still runs, or was killed. */
  end: TaskEndNote | null;
}

const nameOf = (kind: 'start' | 'end', task: number, restart: number) => `${kind}-${task}-${restart}.json`;

/** One file a start: an earlier start that still runs cannot overwrite what a later one says. */
export async function noteStart(folder: string, task: number, restart: number, note: TaskStartNote) {
  await writeFileAtomic(join(folder, nameOf('start', task, restart)), `${JSON.stringify(note)}\n`);
}

export async function noteEnd(folder: string, task: number, restart: number, note: TaskEndNote) {
  await writeFileAtomic(join(folder, nameOf('end', task, restart)), `${JSON.stringify(note)}\n`);
}

/** What every task of a submission says of its last start, by the task's number; nothing of one that never began. */
export async function readNotes(folder: string): Promise<Map<number, TaskNotes>> {
  const names = new Set(await readdir(folder));
  const last = new Map<number, number>();
  for (const name of names) {
    const [, task, restart] = /^start-(\d+)-(\d+)\.json$/.exec(name)?.map(Number) ?? [];
    if (task === undefined || restart === undefined) continue;
    last.set(task, Math.max(restart, last.get(task) ?? 0));
  }
  const notes = new Map<number, TaskNotes>();
  for (const [task, restart] of last) {
    const start = startSchema.parse(await readJson(folder, nameOf('start', task, restart)));
    const endName = nameOf('end', task, restart);
    const end = names.has(endName) ? endSchema.parse(await readJson(folder, endName)) : null;
    notes.set(task, { restart, start, end });
  }
  return notes;
}

const readJson = async (folder: string, name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, name), 'utf8'));
