import { z } from 'zod';
import { SlurmError } from './slurmError.js';

/** A task as squeue knows it. */
export interface QueuedTask {
  /** Name of the job. */
  name: string;
  /** Number of the array job, and of the task in it. */
  job: number;
  task: number;
  /** PENDING, RUNNING, CANCELLED, ...: the last one of a job that is over, for a few minutes. */
  state: string;
  /** Why it waits. */
  reason: string;
  nodes: string;
  restarts: number;
}

/** Slurm before 23.02 writes numbers, later ones an object; 0 and null stand for none. */
const numberSchema = z
  .union([z.number(), z.null(), z.looseObject({ set: z.boolean(), number: z.number() })])
  .transform((value) =>
    value === null || typeof value === 'number' ? value : value.set ? value.number : null,
  );

const jobSchema = z.looseObject({
  name: z.string().nullish(),
  array_job_id: numberSchema,
  array_task_id: numberSchema,
  /** Tasks that have not begun share an entry: `0-3,7%2`. */
  array_task_string: z.string().nullish(),
  /** One word; since 23.02 a list, in which COMPLETING stands beside what it is completing to. */
  job_state: z.union([z.string(), z.array(z.string()).min(1)]),
  state_reason: z.string().nullish(),
  nodes: z.string().nullish(),
  restart_cnt: z.number(),
});

const queueSchema = z.looseObject({ jobs: z.array(z.unknown()) });

/** The tasks of array jobs in what `squeue --json` says. @throws SlurmError where it is something else */
export function parseQueue(text: string): QueuedTask[] {
  try {
    return queueSchema.parse(JSON.parse(text)).jobs.flatMap(tasksOf);
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new SlurmError(`squeue --json should tell of jobs, but cannot be read: ${why}`, { cause });
  }
}

function tasksOf(entry: unknown): QueuedTask[] {
  const job = jobSchema.parse(entry);
  const { array_job_id, array_task_id, array_task_string } = job;
  if (!array_job_id) return [];
  const states = [job.job_state].flat();
  const state = states.includes('COMPLETING') ? 'COMPLETING' : (states[0] as string);
  const base = {
    name: job.name ?? '',
    job: array_job_id,
    state,
    reason: job.state_reason ?? '',
    nodes: job.nodes ?? '',
    restarts: job.restart_cnt,
  };
  const numbers = array_task_string ? taskNumbers(array_task_string) : [array_task_id ?? 0];
  return numbers.map((task) => ({ ...base, task }));
}

/** `0-3,7,10-16:2%2` as numbers. */
export function taskNumbers(text: string): number[] {
  const [list = ''] = text.replace(/^\[|\]$/g, '').split('%');
  return list.split(',').flatMap((part) => {
    const [, from, to, step = '1'] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part) ?? [];
    if (from === undefined) throw new Error(`array_task_string: expected numbers such as 0-3,7, got ${text}`);
    const [first, last] = [Number(from), Number(to ?? from)];
    return Array.from(
      { length: Math.floor((last - first) / Number(step)) + 1 },
      (_, i) => first + i * Number(step),
    );
  });
}

/** States in which a job is over; in any other one it runs, waits or will run again. */
const over = new Set([
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'REVOKED',
  'TIMEOUT',
]);
const waiting = new Set([
  'PENDING',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'RESV_DEL_HOLD',
  'SPECIAL_EXIT',
]);

export type Liveness = 'waiting' | 'running' | 'over';

export function livenessOf(state: string): Liveness {
  if (over.has(state)) return 'over';
  return waiting.has(state) ? 'waiting' : 'running';
}
