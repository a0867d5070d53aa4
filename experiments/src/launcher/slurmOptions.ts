import { z } from 'zod';
import { UsageError } from '../runner/usageError.js';

/** Options of sbatch that the launcher sets itself. */
const ours = [
  'array',
  'chdir',
  'error',
  'job-name',
  'no-requeue',
  'open-mode',
  'output',
  'parsable',
  'requeue',
  'signal',
  'test-only',
  'wait',
  'wrap',
];

const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.int().min(from).max(to));

/** As they stand on the command line, by the option's name. */
const schemas = {
  partition: {
    schema: z.string().regex(/^[\w.,+-]+$/),
    expected: 'the name of a partition',
  },
  time: {
    schema: z.string().regex(/^(\d+(:\d\d){0,2}|\d+-\d+(:\d\d){0,2})$/),
    expected: "a time limit of Slurm's, such as 30 (minutes), 2:00:00 or 1-12",
  },
  gpus: {
    schema: z.string().regex(/^([\w.-]+:)?[1-9]\d{0,3}$/),
    expected: 'a number of GPUs a run, such as 1 or a100:1',
  },
  'array-limit': { schema: whole(1, 100_000), expected: 'a number from 1, of runs at a time' },
  'signal-before': { schema: whole(1, 65_535), expected: 'seconds from 1 to 65535' },
  'max-restarts': { schema: whole(0, 1000), expected: 'a number from 0 to 1000' },
} as const;

export type SlurmFlag = keyof typeof schemas;

export const slurmOptionsSchema = z.strictObject({
  partition: z.string().optional(),
  time: z.string().optional(),
  /** GPUs a run, perhaps with their type. */
  gpus: z.string().optional(),
  /** Runs at a time; all that Slurm has room for by default. */
  arrayLimit: z.int().positive().optional(),
  /** Seconds before the time limit at which a run saves and puts itself back into the queue. */
  signalBefore: z.int().positive(),
  /** How often in a row a run may be started without getting a step further, or be submitted again after it was lost. */
  maxRestarts: z.int().nonnegative(),
  /** Any other option of sbatch, by its long name; true where it takes no value. */
  sbatch: z.record(z.string(), z.union([z.string(), z.literal(true)])),
});

export type SlurmOptions = z.infer<typeof slurmOptionsSchema>;

export const slurmDefaults = { signalBefore: 120, maxRestarts: 3 };

/** The value of an option. @throws UsageError for another than is expected */
export function slurmFlag<Flag extends SlurmFlag>(
  flag: Flag,
  text: string,
): z.infer<(typeof schemas)[Flag]['schema']> {
  const { schema, expected } = schemas[flag];
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw new UsageError(`--${flag} expects ${expected}, got ${text || 'nothing'}.`);
  return parsed.data as z.infer<(typeof schemas)[Flag]['schema']>;
}

/** Seconds of a time limit as Slurm writes it. */
export function timeLimitSeconds(text: string): number {
  const [, days, clock = ''] = /^(?:(\d+)-)?(.*)$/.exec(text) as RegExpExecArray;
  const parts = clock.split(':').map(Number);
  // minutes, minutes:seconds, hours:minutes:seconds; after days: hours, hours:minutes, hours:minutes:seconds
  const [hours = 0, minutes = 0, seconds = 0] =
    days !== undefined || parts.length === 3 ? parts : [0, ...parts];
  return (Number(days ?? 0) * 24 + hours) * 3600 + minutes * 60 + seconds;
}

/** `key=value` or `key` of `--sbatch`. @throws UsageError for what is no option of sbatch, or is set already */
export function sbatchOption(text: string): [string, string | true] {
  const [, key, value] = /^(?:--)?([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (key === undefined || (value !== undefined && !/^[\x20-\x7e]+$/.test(value))) {
    throw new UsageError(`--sbatch expects key=value, an option of sbatch such as mem=16G, got ${text}.`);
  }
  if (ours.includes(key)) {
    throw new UsageError(`--sbatch ${key} is set by the launcher itself: leave it out.`);
  }
  const own = Object.keys(schemas).find((flag) => flag === key);
  if (own) throw new UsageError(`--sbatch ${key} has an option of its own: use --${own}.`);
  return [key, value ?? true];
}
