import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppendedFile, writeFileAtomic } from '@pixelrnn/files';
import { type MetricsLine, parseMetricsLog } from '@pixelrnn/metrics';

/** The entries of a run, in memory and, where there is a folder, in its `metrics.jsonl`. */
export class MetricsLog {
  private constructor(
    readonly lines: MetricsLine[],
    private readonly file: AppendedFile | undefined,
  ) {}

  /**
   * Opens the log where its last entry of the loss and its last validation are those of these steps: later ones, of a run
   * that was killed after its last checkpoint, are dropped, and so is a torn last line.
   */
  static async open(
    folder: string | undefined,
    { logged, validated }: { logged: number; validated: number },
  ): Promise<MetricsLog> {
    if (!folder) return new MetricsLog([], undefined);
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'metrics.jsonl');
    const kept = ({ step, valid }: MetricsLine) => step <= (valid === undefined ? logged : validated);
    const begins = logged === 0 && validated === 0;
    const lines = begins ? [] : (await linesThere(folder)).filter(kept);
    await writeFileAtomic(path, lines.map(toText).join(''));
    return new MetricsLog(lines, await AppendedFile.open(path));
  }

  /** @returns whether the file has it; false where the disk is full: it is tried again with the next entry */
  async add(line: MetricsLine): Promise<boolean> {
    this.lines.push(line);
    return (await this.file?.append(toText(line))) ?? true;
  }

  /** @throws Error where an entry cannot be written */
  async sync(): Promise<void> {
    await this.file?.sync();
  }

  async close(): Promise<void> {
    await this.file?.close();
  }
}

const toText = (line: MetricsLine) => `${JSON.stringify(line)}\n`;

async function linesThere(folder: string): Promise<MetricsLine[]> {
  try {
    return await readMetricsLog(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The entries of a run folder's `metrics.jsonl`. */
export async function readMetricsLog(folder: string): Promise<MetricsLine[]> {
  return parseMetricsLog(await readFile(join(folder, 'metrics.jsonl'), 'utf8'));
}
