import { mkdir, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AppendedFile } from '@pixelrnn/files';
import { type SummaryValue, startEvent, summaryEvent, versionEvent } from './event.js';
import { tfRecord } from './tfRecord.js';

/**
 * TensorBoard's event files: one for each part of a run, in its `tensorboard/`. The writer of tfjs-node has no images
 * and runs on one engine; this one writes the same on all.
 *
 * Each file begins by telling readers to forget later steps of the files before, which a killed part may have left.
 * Readers take a run's files in the order of their names, which begin with a time: where the clock went back, the name
 * counts on from the file before.
 */
export class EventFile {
  private constructor(private readonly file: AppendedFile) {}

  /** @param step of the run that begins or resumes */
  static async open(folder: string, step: number): Promise<EventFile> {
    await mkdir(folder, { recursive: true });
    const now = Math.floor(Date.now() / 1000);
    const earlier = (await readdir(folder)).map((name) => Number(/tfevents\.(\d+)\./.exec(name)?.[1] ?? 0));
    const number = String(Math.max(now, ...earlier.map((time) => time + 1))).padStart(10, '0');
    const name = `events.out.tfevents.${number}.${hostname()}.${process.pid}.0`;
    const events = new EventFile(await AppendedFile.open(join(folder, name)));
    const wallTime = Date.now() / 1000;
    await events.append(versionEvent(wallTime));
    await events.append(startEvent({ wallTime, step: step + 1 }));
    return events;
  }

  /** @returns whether the file has it; false where the disk is full: it is tried again with the next */
  async add(step: number, values: readonly SummaryValue[]): Promise<boolean> {
    return this.append(summaryEvent({ wallTime: Date.now() / 1000, step }, values));
  }

  /** @throws Error where something cannot be written */
  async sync(): Promise<void> {
    await this.file.sync();
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private append(event: Uint8Array): Promise<boolean> {
    return this.file.append(tfRecord(event));
  }
}
