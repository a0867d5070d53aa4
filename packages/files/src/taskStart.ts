import { z } from 'zod';

export const taskStartSchema = z.strictObject({
  /** Names the task for ever. */
  task: z.string(),
  /** How many times it has been submitted, and been started again by the scheduler since. */
  submission: z.int().nonnegative(),
  restart: z.int().nonnegative(),
});

/**
 * One start of a task that a scheduler may start again, also while an earlier start, whose machine it has lost sight of, still
 * runs.
 */
export type TaskStart = z.infer<typeof taskStartSchema>;

/** How a start stands to another one; null where they are of different tasks, or the same. */
export function compareStarts(one: TaskStart, other: TaskStart): 'earlier' | 'later' | null {
  if (one.task !== other.task) return null;
  const difference = one.submission - other.submission || one.restart - other.restart;
  if (difference === 0) return null;
  return difference < 0 ? 'earlier' : 'later';
}

export const startText = ({ submission, restart }: TaskStart) =>
  `restart ${restart} of submission ${submission}`;
