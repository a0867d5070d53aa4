import { formatSeconds } from '@pixelrnn/training';
import type { QueuedTask } from '../launcher/queue.js';
import { type Slurm, slurmCommands } from '../launcher/slurm.js';
import { SlurmError } from '../launcher/slurmError.js';
import { submittedExperiments, withSubmitted } from '../launcher/submittedStatuses.js';
import { findExperiment, namedExperiments } from '../registry.js';
import { requireOut } from './requireOut.js';
import { type RunStatus, runStatuses } from './runStatus.js';
import { UsageError } from './usageError.js';

/**
 * Prints how every run under a folder stands.
 *
 * @param experiment that one alone
 * @returns whether all of them could be read, and squeue be asked where runs were submitted to it
 * @throws UsageError where there is no run, or no such experiment
 */
export async function printStatus(
  out: string,
  experiment?: string,
  slurm: Slurm = slurmCommands,
): Promise<boolean> {
  await requireOut(out, 'read');
  const chosen = (id: string) => experiment === undefined || id === experiment;
  const read = (await runStatuses(out)).filter((status) => chosen(status.experiment));
  const submitted = (await submittedExperiments(out)).filter(chosen);
  let queue: QueuedTask[] | null = null;
  let asked = true;
  if (submitted.length > 0) {
    try {
      queue = await slurm.queue();
    } catch (error) {
      if (!(error instanceof SlurmError)) throw error;
      console.error(`pnpm exp: ${error.message}`);
      asked = false;
    }
  }
  const found = await withSubmitted(read, out, submitted, queue);
  if (found.length === 0) {
    if (experiment !== undefined) findExperiment(experiment);
    const id = experiment ?? '<id>';
    throw new UsageError(
      `No run folder ${id}/runs/<row>/seed-<n> in ${out}: pnpm exp ${id} --out ${out} makes some, or choose another --out.`,
    );
  }
  console.log(formatStatus(found).join('\n'));
  return asked && found.every(({ state }) => state !== 'unreadable');
}

const header = ['experiment', 'row', 'seed', 'step', 'validation', 'left', 'state'];

/** One line a run, in columns. */
export function formatStatus(found: readonly RunStatus[]): string[] {
  const lines = [header, ...found.map(cells)];
  const widths = header.map((_, i) => Math.max(...lines.map((line) => (line[i] as string).length)));
  return lines.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd(),
  );
}

function cells(status: RunStatus): string[] {
  const { experiment, row, seed, step, steps, secondsLeft } = status;
  const left = status.state === 'done' || secondsLeft === null ? '' : formatSeconds(secondsLeft);
  return [
    experiment,
    row,
    String(seed),
    `${step}/${steps ?? '?'}`,
    validation(status),
    left,
    stateText(status),
  ];
}

/** In the metric of its experiment; in nats where that is not known. */
function validation({ experiment, valid, bits }: RunStatus): string {
  if (valid === null) return '';
  const metric = namedExperiments.find(({ id }) => id === experiment)?.metric;
  return metric === 'bits/dim' && bits !== null ? `${bits.toFixed(3)} bits/dim` : `${valid.toFixed(2)} nats`;
}

function stateText(status: RunStatus): string {
  switch (status.state) {
    case 'running':
      return `running in process ${status.pid}${status.host === null ? '' : ` on ${status.host}`}`;
    case 'interrupted':
      return status.step > 0
        ? `interrupted at step ${status.step}`
        : 'interrupted before its first checkpoint';
    case 'failed':
      return `failed: ${status.message}`;
    case 'submitted':
      return status.text;
    case 'unreadable':
      return `cannot be read: ${status.message}`;
    case 'done':
      return 'done';
  }
}
