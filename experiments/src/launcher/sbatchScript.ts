import { join } from 'node:path';
import { SlurmError } from './slurmError.js';
import type { SlurmOptions } from './slurmOptions.js';
import { submissionName } from './submission.js';

export interface SbatchScript {
  /** The job's name, unique for the submission. */
  name: string;
  /** Folder of the submission, in the shared folder. */
  folder: string;
  tasks: number;
  options: SlurmOptions;
  /** The checkout, which every node sees too. */
  root: string;
  /** The program of a task and its arguments before the folder: Node and the entry. */
  command: readonly string[];
}

/** Names of the variables by which engines are told how many threads they may have. */
const threads = ['TF_NUM_INTRAOP_THREADS', 'OMP_NUM_THREADS', 'PIXELRNN_THREADS'];

/**
 * The script that sbatch is given: one array job, whose tasks differ in their number alone. The last command takes the
 * script's place (`exec`), so that signals reach it and its exit code is the job's.
 *
 * @throws SlurmError for a path that sbatch cannot be told
 */
export function sbatchScript({ name, folder, tasks, options, root, command }: SbatchScript): string {
  const { partition, time, gpus, arrayLimit, signalBefore, sbatch } = options;
  const directives: [string, string | true | undefined][] = [
    ['job-name', name],
    ['array', `0-${tasks - 1}${arrayLimit === undefined ? '' : `%${arrayLimit}`}`],
    ['output', join(folder.replaceAll('%', '%%'), 'log-%a.txt')],
    ['open-mode', 'append'],
    ['requeue', true],
    ['signal', `B:USR2@${signalBefore}`],
    ['partition', partition],
    ['time', time],
    ['gpus', gpus],
    ...Object.entries(sbatch),
  ];
  const [any, set] = [
    threads.map((variable) => `\${${variable}:-}`).join(''),
    threads.map((variable) => `${variable}=$SLURM_CPUS_ON_NODE`).join(' '),
  ];
  return `${[
    '#!/bin/bash',
    ...directives.flatMap(([key, value]) => (value === undefined ? [] : directive(key, value))),
    '',
    "trap '' USR2 TERM # until Node listens",
    `cd ${quoted(root)} || exit 1`,
    `if [ ! -r ${quoted(join(folder, submissionName))} ]; then`,
    `  echo ${quoted(`pnpm exp: ${folder} is not there on this node: --out must be a folder that all nodes share.`)} >&2`,
    '  exit 1',
    'fi',
    ...(asksForGpus(options) ? onGpu : []),
    "# the processors of the task, unless the user's environment says otherwise",
    `if [ -z "${any}" ]; then`,
    `  export ${set}`,
    'fi',
    `exec ${[...command, folder].map(quoted).join(' ')}`,
  ].join('\n')}\n`;
}

/** What the job does where it was given GPUs: `auto` may prefer the processor. */
const onGpu = [
  `if [ -z "\${PIXELRNN_ENGINE:-}" ]; then`,
  '  export PIXELRNN_ENGINE=gpu',
  "  echo 'pnpm exp: on the GPU, for the job asks for one; submitted with PIXELRNN_ENGINE=auto it takes the best engine.'",
  'fi',
];

function asksForGpus({ gpus, sbatch }: SlurmOptions): boolean {
  if (gpus !== undefined) return true;
  return Object.entries(sbatch).some(
    ([key, value]) => key.startsWith('gpus') || (key === 'gres' && String(value).startsWith('gpu')),
  );
}

function directive(key: string, value: string | true): string {
  if (value === true) return `#SBATCH --${key}`;
  if (/["\\\n]/.test(value)) {
    throw new SlurmError(
      `sbatch cannot be told --${key}=${value}: choose a path without quotation marks, backslashes and line breaks.`,
    );
  }
  return `#SBATCH --${key}=${/^[\w./:,=%@+-]+$/.test(value) ? value : `"${value}"`}`;
}

/** For the shell. */
const quoted = (text: string) =>
  /^[\w./:,=%@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
