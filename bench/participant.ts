import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { killGroup, startGroup } from './processGroup.js';

export interface Command {
  /** As messages name it. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A program was silent for longer than it may be, and has been stopped. */
export class SilenceError extends Error {
  override name = 'SilenceError';
}

/**
 * A program that waits for requests on its stdin and answers each on its stdout, one JSON object a line. What it has started
 * ends with it.
 */
export class Participant {
  private readonly lines: AsyncIterator<string>;
  private readonly exited: Promise<string>;
  private lastWords = '';
  private answeredAt = 0;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-4000);
    });
    // A program that ends with a request unread is told of by `exited`.
    child.stdin.on('error', (error) => {
      this.lastWords += `\n${error.message}`;
    });
    this.exited = new Promise((resolve) => {
      child.on('error', (error) => resolve(`could not start: ${error.message}`));
      child.on('close', (code, signal) => {
        const said = this.lastWords.trim().split('\n').at(-1);
        resolve(`ended with ${signal ?? `exit code ${code}`}${said ? `: ${said}` : ''}`);
      });
    });
  }

  static start({ name, program, args, env, cwd }: Command): Participant {
    return new Participant(name, startGroup(program, args, { cwd, env: { ...process.env, ...env } }));
  }

  /** Wall seconds since the last answer. */
  idleSeconds(): number {
    return (performance.now() - this.answeredAt) / 1000;
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws SilenceError when the participant is silent for `seconds`; Error naming it when it ends or says something else
   */
  async ask<T>(request: object, answer: z.ZodType<T>, seconds: number): Promise<T> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.hear(answer, seconds);
  }

  /** The next line, which must be `answer`; else as {@link ask}. */
  async hear<T>(answer: z.ZodType<T>, seconds: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<'silent'>((resolve) => {
      timer = setTimeout(resolve, seconds * 1000, 'silent');
    });
    const next = await Promise.race([this.lines.next(), silence]);
    clearTimeout(timer);
    if (next === 'silent') {
      await this.stop();
      throw new SilenceError(`${this.name} did not answer within ${seconds} s and was stopped`);
    }
    if (next.done) throw new Error(`${this.name} ${await this.exited}`);
    this.answeredAt = performance.now();
    const line = answer.safeParse(parseJson(next.value));
    if (line.success) return line.data;
    await this.stop();
    throw new Error(`${this.name} said ${JSON.stringify(next.value)}: ${z.prettifyError(line.error)}`);
  }

  /** Ends the program and waits until it is gone. */
  async stop(): Promise<void> {
    killGroup(this.child);
    await this.exited;
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line; // the schema refuses it and the message quotes it
  }
}
