import { type FileHandle, open } from 'node:fs/promises';
import { cannotWrite, isDiskFull } from './fileError.js';

/**
 * A file that only grows. Where the disk is full, what was to be appended is kept and tried again with the next; the
 * file itself never holds a part of it.
 */
export class AppendedFile {
  private pending: Uint8Array[] = [];

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private length: number,
  ) {}

  /** Opens a file at its end, or a new one. */
  static async open(path: string): Promise<AppendedFile> {
    try {
      const file = await open(path, 'a');
      return new AppendedFile(path, file, (await file.stat()).size);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  /**
   * @returns whether the data are in the file; false where the disk is full
   * @throws FileError naming the file, for any other reason
   */
  async append(data: string | Uint8Array): Promise<boolean> {
    this.pending.push(typeof data === 'string' ? Buffer.from(data) : data);
    try {
      await this.write();
      return true;
    } catch (error) {
      if (isDiskFull(error)) return false;
      throw cannotWrite(this.path, error);
    }
  }

  /** Writes what is pending and flushes the file. @throws FileError naming the file where something cannot be written */
  async sync(): Promise<void> {
    try {
      await this.write();
      await this.file.sync();
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async write(): Promise<void> {
    if (this.pending.length === 0) return;
    const data = Buffer.concat(this.pending);
    try {
      await this.file.appendFile(data);
    } catch (error) {
      await this.file.truncate(this.length);
      throw error;
    }
    this.length += data.length;
    this.pending = [];
  }
}
