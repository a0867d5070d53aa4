import { join } from 'node:path';
import type { MetricsLine } from '@pixelrnn/metrics';
import { readMetricsLog } from '@pixelrnn/training';
import { whyDamaged } from './whyDamaged.js';

/**
 * The entries of a run folder's `metrics.jsonl`.
 *
 * @throws Error naming the file and what to do where it is damaged, or not there
 */
export async function readRunLog(folder: string): Promise<MetricsLine[]> {
  try {
    return await readMetricsLog(folder);
  } catch (cause) {
    const path = join(folder, 'metrics.jsonl');
    throw new Error(
      `${path} should be the log of a run, but it is not (${whyDamaged(cause)}): put the file back, or remove the run folder or use --fresh to run anew.`,
      { cause },
    );
  }
}
