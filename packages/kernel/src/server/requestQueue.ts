/** What became of a request: whether those behind it go on, and what tells its sender. */
interface Done {
  stopOthers: boolean;
  finish(): void;
}

export interface RequestQueueOptions<R> {
  run(request: R): Promise<Done>;
  /** Answers a request that is not run, because one before it failed. */
  abort(request: R): void;
  /** Resolves when the requests that had been sent by now are in the queue. */
  drain(): Promise<void>;
}

/** Requests one after the other; a failure aborts those that wait, before its sender hears of it and may send more. */
export class RequestQueue<R> {
  readonly #options: RequestQueueOptions<R>;
  readonly #waiting: R[] = [];
  #working: Promise<void> | undefined;
  #cancelled = false;

  constructor(options: RequestQueueOptions<R>) {
    this.#options = options;
  }

  add(request: R): void {
    this.#waiting.push(request);
    this.#working ??= this.#work();
  }

  /** Lets the running request end and aborts those that wait. */
  cancelWaiting(): void {
    if (this.#working) this.#cancelled = true;
  }

  /** Resolves when nothing runs and nothing waits. */
  async idle(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let request = this.#waiting.shift(); request !== undefined; request = this.#waiting.shift()) {
      const { stopOthers, finish } = await this.#options.run(request);
      let aborted: R[] = [];
      if (stopOthers || this.#cancelled) {
        await this.#options.drain();
        aborted = this.#waiting.splice(0);
        this.#cancelled = false;
      }
      finish();
      for (const each of aborted) this.#options.abort(each);
    }
    this.#working = undefined;
  }
}
