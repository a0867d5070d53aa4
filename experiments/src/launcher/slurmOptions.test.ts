import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../runner/usageError.js';
import { type LauncherFlags, slurmOptionsOf, withLauncherOptions } from './launcherOptions.js';
import { timeLimitSeconds } from './slurmOptions.js';

function options(...args: string[]) {
  const command = withLauncherOptions(new Command().exitOverride()).option('--jobs <n>', '', Number, 1);
  return slurmOptionsOf(command.parse(args, { from: 'user' }).opts<LauncherFlags>());
}

describe("the launcher's options", () => {
  it('are those of a local run by default', () => expect(options()).toBeNull());

  it('have defaults with Slurm', () => {
    expect(options('--launcher', 'slurm')).toEqual({ signalBefore: 120, maxRestarts: 3, sbatch: {} });
  });

  it('are all taken', () => {
    const given = '--partition gpu,long --time 2-00:30 --gpus a100:2 --array-limit 4 --signal-before 600';
    const more = '--max-restarts 0 --sbatch mem=16G --sbatch exclusive --sbatch constraint=a&b=c';
    expect(options('--launcher', 'slurm', ...`${given} ${more}`.split(' '))).toEqual({
      partition: 'gpu,long',
      time: '2-00:30',
      gpus: 'a100:2',
      arrayLimit: 4,
      signalBefore: 600,
      maxRestarts: 0,
      sbatch: { mem: '16G', exclusive: true, constraint: 'a&b=c' },
    });
  });

  it.each([
    ['--partition', 'a b', '--partition expects the name of a partition, got a b.'],
    [
      '--time',
      'soon',
      "--time expects a time limit of Slurm's, such as 30 (minutes), 2:00:00 or 1-12, got soon.",
    ],
    ['--time', '2', '--time 2 is over before a run has begun: it saves 120 s before its end'],
    ['--gpus', '0', '--gpus expects a number of GPUs a run, such as 1 or a100:1, got 0.'],
    ['--array-limit', '0', '--array-limit expects a number from 1, of runs at a time, got 0.'],
    ['--signal-before', '70000', '--signal-before expects seconds from 1 to 65535, got 70000.'],
    ['--max-restarts', '-1', '--max-restarts expects a number from 0 to 1000, got -1.'],
    ['--sbatch', 'a b', '--sbatch expects key=value, an option of sbatch such as mem=16G, got a b.'],
    ['--sbatch', 'mem=\n#SBATCH', '--sbatch expects key=value'],
    ['--sbatch', 'array=0-9', '--sbatch array is set by the launcher itself: leave it out.'],
    ['--sbatch', 'time=3', '--sbatch time has an option of its own: use --time.'],
    ['--jobs', '2', '--jobs is of local processes: with --launcher slurm, use --array-limit.'],
  ])('%s %s is refused', (flag, value, message) => {
    const parse = () => options('--launcher', 'slurm', `${flag}=${value}`);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });

  it("are refused where they are the other launcher's", () => {
    expect(() => options('--array-limit', '2')).toThrow(
      '--array-limit belongs to --launcher slurm: add it, or leave --array-limit out.',
    );
  });
});

it.each([
  ['30', 1800],
  ['2:30', 150],
  ['1:00:05', 3605],
  ['1-12', 129_600],
  ['2-00:30', 174_600],
  ['0-00:00:07', 7],
])('the time limit %s is %i s', (text, seconds) => expect(timeLimitSeconds(text)).toBe(seconds));
