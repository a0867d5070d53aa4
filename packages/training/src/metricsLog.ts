import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MetricsLine, parseMetricsLog } from '@pixelrnn/metrics';
import { writeFileAtomic } from './atomicFile.js';

/** The entries of a run, in memory and, where there is a folder, in its `metrics.jsonl`. */
export class MetricsLog {
  readonly lines: MetricsLine[] = [];
  private constructor(private readonly path: string | undefined) {}

  /** Opens the log at `step`: later entries, of a run that was killed after its last checkpoint, are dropped. */
  static async open(folder: string | undefined, step: number): Promise<MetricsLog> {
    if (!folder) return new MetricsLog(undefined);
    await mkdir(folder, { recursive: true });
    const log = new MetricsLog(join(folder, 'metrics.jsonl'));
    if (step > 0) log.lines.push(...(await readMetricsLog(folder)).filter((line) => line.step <= step));
    await writeFileAtomic(log.path as string, log.lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return log;
  }

  async add(line: MetricsLine): Promise<void> {
    this.lines.push(line);
    if (this.path) await appendFile(this.path, `${JSON.stringify(line)}\n`);
  }
}

/** The entries of a run folder's `metrics.jsonl`. */
export async function readMetricsLog(folder: string): Promise<MetricsLine[]> {
  return parseMetricsLog(await readFile(join(folder, 'metrics.jsonl'), 'utf8'));
}
