import type { Frame, Socket } from '../tslab.js';

/** Text that comes within this time of the last text waits for more, in ms; 50 messages a second are enough to read. */
const pause = 20;

type Item = { frames: () => Frame[]; stream?: { key: string; text: string } };

/**
 * The sends of one socket, in order and none lost: zeromq.js refuses a send while another is under way. What can go at once
 * goes at once, so that a busy loop shows its first output; text of one stream that has to wait becomes one message.
 */
export class Outbox {
  readonly #send: (frames: Frame[]) => Promise<void>;
  readonly #now: () => number;
  readonly #queue: Item[] = [];
  #underWay = 0;
  #blocked = false;
  #closed = false;
  #lastText = Number.NEGATIVE_INFINITY;
  #wake = false;
  #empty: (() => void)[] = [];

  constructor(socket: Pick<Socket, 'send'>, now: () => number = () => performance.now()) {
    this.#send = socket.send.bind(socket);
    this.#now = now;
  }

  post(frames: Frame[]): void {
    if (this.#closed) return;
    this.#queue.push({ frames: () => frames });
    this.#pump(true);
  }

  /** @param key text with the same key is joined; `frames` makes the message of the joined text */
  stream(key: string, text: string, frames: (text: string) => Frame[]): void {
    if (this.#closed) return;
    const last = this.#queue.at(-1)?.stream;
    if (last?.key === key) {
      last.text += text;
    } else {
      const stream = { key, text };
      this.#queue.push({ stream, frames: () => frames(stream.text) });
    }
    this.#pump(this.#queue.length > 1 || this.#now() - this.#lastText >= pause);
  }

  /** Resolves when everything was sent. */
  async drained(): Promise<void> {
    this.#pump(true);
    if (this.#queue.length > 0 || this.#underWay > 0)
      await new Promise<void>((resolve) => this.#empty.push(resolve));
  }

  /** Everything from now on is dropped: the socket is closed next. */
  close(): void {
    this.#closed = true;
  }

  #pump(now: boolean): void {
    if (!now) {
      if (this.#wake) return;
      this.#wake = true;
      setImmediate(() => {
        this.#wake = false;
        this.#pump(true);
      });
      return;
    }
    while (this.#queue.length > 0 && !this.#blocked) {
      let sent: Promise<void>;
      try {
        sent = this.#send(this.#queue[0]!.frames());
      } catch (error) {
        // The send under way calls again when it is done.
        if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || this.#underWay === 0) throw error;
        this.#blocked = true;
        return;
      }
      const { stream } = this.#queue.shift()!;
      this.#lastText = stream ? this.#now() : Number.NEGATIVE_INFINITY;
      this.#underWay++;
      const done = () => {
        this.#underWay--;
        this.#blocked = false;
        this.#pump(true);
        if (this.#queue.length === 0 && this.#underWay === 0)
          for (const resolve of this.#empty.splice(0)) resolve();
      };
      // A message that cannot be sent (its client is gone) is none that another try could bring.
      sent.then(done, done);
    }
  }
}
