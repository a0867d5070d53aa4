import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatedTask } from './taskState.js';

/** A line of a task's log. */
export interface LogLine {
  /** `<file>:<number>` */
  place: string;
  text: string;
}

const own = /^pnpm exp: /;

/** The line of its log that says best why a task ended: the last one of ours, else the last one; null without a log. */
export async function lastWord({ submission, number }: StatedTask): Promise<LogLine | null> {
  const path = join(submission.folder, `log-${number}.txt`);
  if (!existsSync(path)) return null;
  const lines = (await readFile(path, 'utf8')).split('\n');
  const said = lines.findLastIndex((line) => own.test(line));
  const index = said >= 0 ? said : lines.findLastIndex((line) => line.trim() !== '');
  if (index < 0) return null;
  return { place: `${path}:${index + 1}`, text: (lines[index] as string).replace(own, '') };
}
