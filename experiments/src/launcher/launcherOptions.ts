import { type Command, Option } from 'commander';
import { UsageError } from '../runner/usageError.js';
import type { Launcher } from './launcher.js';
import { localLauncher } from './localLauncher.js';
import { slurmCommands } from './slurm.js';
import { slurmLauncher } from './slurmLauncher.js';
import {
  type SlurmOptions,
  sbatchOption,
  slurmDefaults,
  slurmFlag,
  timeLimitSeconds,
} from './slurmOptions.js';

/** What the command line says of where to run. */
export interface LauncherFlags {
  launcher: 'local' | 'slurm';
  jobs: number;
  partition?: string;
  time?: string;
  gpus?: string;
  arrayLimit?: number;
  signalBefore?: number;
  maxRestarts?: number;
  sbatch?: Record<string, string | true>;
}

/** Adds the options of {@link LauncherFlags}, but for `--jobs`. */
export function withLauncherOptions(command: Command): Command {
  const { signalBefore, maxRestarts } = slurmDefaults;
  return command
    .addOption(
      new Option('--launcher <name>', 'where to run: here, or as an array job of Slurm over a shared --out')
        .choices(['local', 'slurm'])
        .default('local'),
    )
    .option('--partition <name>', 'slurm: the partition', (text) => slurmFlag('partition', text))
    .option('--time <limit>', 'slurm: time limit of a run until it saves and queues again', (text) =>
      slurmFlag('time', text),
    )
    .option('--gpus <n>', 'slurm: GPUs a run', (text) => slurmFlag('gpus', text))
    .option('--array-limit <n>', 'slurm: runs at a time', (text) => slurmFlag('array-limit', text))
    .option(
      '--signal-before <seconds>',
      `slurm: how long before its time limit a run saves (default ${signalBefore})`,
      (text) => slurmFlag('signal-before', text),
    )
    .option(
      '--max-restarts <n>',
      `slurm: starts in a row that get no step further, or resubmissions of a lost run (default ${maxRestarts})`,
      (text) => slurmFlag('max-restarts', text),
    )
    .option(
      '--sbatch <key=value>',
      "slurm: any other option of sbatch's, such as mem=16G; may be repeated",
      (text: string, given: Record<string, string | true> = {}) =>
        Object.fromEntries([...Object.entries(given), sbatchOption(text)]),
    );
}

/** Slurm's options, with defaults; null for the local launcher. @throws UsageError for options that belong to the other one */
export function slurmOptionsOf(flags: LauncherFlags): SlurmOptions | null {
  const { partition, time, gpus, arrayLimit, signalBefore, maxRestarts, sbatch } = flags;
  const given = { partition, time, gpus, arrayLimit, signalBefore, maxRestarts, sbatch };
  if (flags.launcher === 'local') {
    const [other] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
    if (other === undefined) return null;
    const flag = other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${flag} belongs to --launcher slurm: add it, or leave --${flag} out.`);
  }
  if (flags.jobs > 1) {
    throw new UsageError('--jobs is of local processes: with --launcher slurm, use --array-limit.');
  }
  const before = signalBefore ?? slurmDefaults.signalBefore;
  if (time !== undefined && timeLimitSeconds(time) <= before) {
    throw new UsageError(
      `--time ${time} is over before a run has begun: it saves ${before} s before its end; give it more time, or lower --signal-before.`,
    );
  }
  return {
    ...given,
    signalBefore: before,
    maxRestarts: maxRestarts ?? slurmDefaults.maxRestarts,
    sbatch: sbatch ?? {},
  };
}

/** @throws UsageError for options that belong to the other launcher */
export function launcherOf(flags: LauncherFlags): Launcher {
  const options = slurmOptionsOf(flags);
  return options === null ? localLauncher(flags.jobs) : slurmLauncher(options, slurmCommands);
}
