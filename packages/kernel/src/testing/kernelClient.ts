import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Message {
  channel: 'iopub' | 'shell' | 'control';
  type: string;
  parent: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the kernel sent is what the tests look at
  content: any;
}

/** What a request led to: its reply, and what was published for it up to then or later. */
export interface Answer {
  reply: Message['content'];
  messages: Message[];
  /** Everything written to standard output, or standard error. */
  text(name?: 'stdout' | 'stderr'): string;
  of(type: string): Message['content'][];
}

/** A real kernel, started from the committed kernelspec and driven by Python's jupyter_client. */
export class KernelClient {
  readonly messages: Message[] = [];
  readonly #process: ChildProcess;
  readonly #answers = new Map<number, (value: unknown) => void>();
  readonly #ready: Promise<void>;
  #requests = 0;
  #check: (() => void)[] = [];

  /** @param folder the kernel's working folder */
  constructor(python: string, jupyterPath: string, folder: string) {
    const script = fileURLToPath(new URL('drive.py', import.meta.url));
    this.#process = spawn(python, [script, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, JUPYTER_PATH: jupyterPath },
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#process.once('exit', (code) => reject(new Error(`the driver ended with ${code}`)));
      createInterface({ input: this.#process.stdout! }).on('line', (line) => {
        const said = JSON.parse(line);
        if (said.ready) resolve();
        else if ('answer' in said) this.#answers.get(said.answer)?.(said.value);
        else this.messages.push(said);
        for (const check of this.#check) check();
      });
    });
  }

  async ready(): Promise<this> {
    await this.#ready;
    return this;
  }

  /** Sends a request of jupyter_client's, such as `execute`; resolves with its message's id. */
  request(name: string, options: Record<string, unknown> = {}): Promise<string> {
    return this.#command(name, options) as Promise<string>;
  }

  /** Sends a message of any type; resolves with its id. */
  send(channel: 'shell' | 'control', type: string, content: object = {}): Promise<string> {
    return this.#command('send', { channel, type, content }) as Promise<string>;
  }

  interrupt(): void {
    this.#process.stdin!.write(`${JSON.stringify({ do: 'interrupt' })}\n`);
  }

  async alive(): Promise<boolean> {
    return (await this.#command('alive')) === true;
  }

  /** Shuts the kernel down as JupyterLab does. @returns whether it ended */
  async shutdown(): Promise<boolean> {
    return (await this.#command('shutdown')) === true;
  }

  /** Resolves when `condition` holds of the messages so far. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        this.#check = this.#check.filter((each) => each !== check);
        resolve();
      };
      this.#check.push(check);
      check();
    });
  }

  of(id: string): Message[] {
    return this.messages.filter(({ parent }) => parent === id);
  }

  /** Waits for the reply to a request and for the state idle. */
  async answer(id: string): Promise<Answer> {
    await this.until(() => this.#reply(id) !== undefined && this.#idle(id));
    const messages = this.of(id);
    return {
      reply: this.#reply(id)!.content,
      messages,
      of: (type) => messages.filter((message) => message.type === type).map(({ content }) => content),
      text: (name = 'stdout') =>
        messages
          .filter(({ type, content }) => type === 'stream' && content.name === name)
          .map(({ content }) => content.text)
          .join(''),
    };
  }

  async run(code: string, options: Record<string, unknown> = {}): Promise<Answer> {
    return this.answer(await this.request('execute', { code, ...options }));
  }

  /** Kills the driver, as a crash of Jupyter would. */
  crash(): void {
    this.#process.kill('SIGKILL');
  }

  /** Ends the driver, and the kernel with it. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin!.end();
    await ended;
  }

  #command(name: string, options: Record<string, unknown> = {}): Promise<unknown> {
    const id = ++this.#requests;
    const answered = new Promise((resolve) => this.#answers.set(id, resolve));
    this.#process.stdin!.write(`${JSON.stringify({ do: name, id, ...options })}\n`);
    return answered;
  }

  #reply(id: string): Message | undefined {
    return this.messages.find(({ parent, channel }) => parent === id && channel !== 'iopub');
  }

  #idle(id: string): boolean {
    return this.messages.some(
      ({ parent, type, content }) => parent === id && type === 'status' && content.execution_state === 'idle',
    );
  }
}
