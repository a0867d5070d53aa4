import { setTimeout as wait } from 'node:timers/promises';
import type { MimeBundle } from '@pixelrnn/cell';
import type { ErrorReport } from '../reports/errorReport.js';
import { type Frame, type Handler, type Message, type Socket, socketNames, ZmqServer } from '../tslab.js';
import { Outbox } from './outbox.js';
import { RequestQueue } from './requestQueue.js';

/** Time for requests that were sent before a failure to arrive, in ms. */
const arrival = 50;
/** Time for a running cell to end when the kernel is shut down, in ms; Jupyter kills it after 5 s. */
const patience = 3000;

export interface ExecuteRequest {
  code: string;
  silent: boolean;
  storeHistory: boolean;
}

/** How an execution ended, for its reply; its error was published already. */
export type ExecuteResult = { executionCount: number } & ({ ok: true } | { ok: false; error: ErrorReport });

export interface Callbacks {
  /** @returns the number that the execution will have */
  count(request: ExecuteRequest): number;
  execute(request: ExecuteRequest, executionCount: number, parent: Message): Promise<ExecuteResult>;
  /** Something went wrong in the kernel itself. */
  broken(error: unknown): void;
  /** The sockets are closed; the process may end. */
  closed(): void;
  /** Tells what runs to end. */
  interrupt(): void;
}

/** tslab's server, with every message sent, true states, cells one after the other, and the messages that it leaves out. */
export class KernelServer extends ZmqServer {
  readonly #callbacks: Callbacks;
  readonly #outboxes: Outbox[] = [];
  readonly #queue: RequestQueue<{ socket: Socket; message: Message }>;
  #publisher: Outbox | undefined;
  #running: Message | undefined;

  constructor(handler: Handler, connectionFile: string, callbacks: Callbacks) {
    super(handler, connectionFile);
    this.#callbacks = callbacks;
    this.#queue = new RequestQueue({
      run: (request) => this.#execute(request),
      abort: ({ socket, message }) => this.#finish(socket, message, { status: 'aborted' }),
      drain: () => wait(arrival),
    });
  }

  /** Requests that wait are answered `aborted`. */
  cancelWaiting(): void {
    this.#queue.cancelWaiting();
  }

  /** Sends text to the output of the request `parent`. */
  stream(parent: Message, name: 'stdout' | 'stderr', text: string): void {
    this.#publisher?.stream(`${name} ${parent.header.msg_id}`, text, (joined) =>
      this.#frames(parent, 'stream', { name, text: joined }),
    );
  }

  display(parent: Message, content: object, update: boolean): void {
    this.#publish(parent, update ? 'update_display_data' : 'display_data', content);
  }

  result(parent: Message, executionCount: number, data: MimeBundle): void {
    this.#publish(parent, 'execute_result', { execution_count: executionCount, data, metadata: {} });
  }

  error(parent: Message, report: ErrorReport): void {
    this.#publish(parent, 'error', report);
  }

  override bindSocket(
    socket: Socket & { sendHighWaterMark: number; sendTimeout: number },
    port: number,
  ): Promise<void> {
    // Nothing is dropped because a client is slow, so that no send has to wait. With a timeout zeromq.js lets some wait all the
    // same, and under load for good: the kernel then did not end, or kept its last messages.
    socket.sendHighWaterMark = 0;
    socket.sendTimeout = 0;
    const outbox = new Outbox(socket);
    this.#outboxes.push(outbox);
    if (socket === this.iopub) this.#publisher = outbox;
    // A socket of zeromq.js is sealed, so another object stands where the server looks for it.
    const name = socketNames.find((each) => this[each] === socket)!;
    this[name] = { send: async (frames) => outbox.post(frames), close: () => socket.close() };
    return super.bindSocket(socket, port);
  }

  /** What tslab does not know, such as JupyterLab's `history_request`, it would tell in the output of the cell that runs. */
  override async handleShellMessage(socket: Socket, ...frames: Buffer[]): Promise<void> {
    const { warn } = console;
    try {
      if (!answered.has(typeOf(frames))) console.warn = () => {};
      const handled = super.handleShellMessage(socket, ...frames);
      console.warn = warn; // it was told before the first await
      await handled;
    } catch (error) {
      this.#callbacks.broken(error);
    }
  }

  /** Executions publish their states themselves; while one runs, an answer to something else leaves the kernel busy. */
  override publishStatus(status: string, parent: Message): void {
    if (parent.header.msg_type === 'execute_request') return;
    super.publishStatus(status, parent);
    if (status === 'idle' && this.#running) super.publishStatus('busy', this.#running);
  }

  override async handleExecute(socket: Socket, message: Message): Promise<void> {
    this.#queue.add({ socket, message });
  }

  override handleCommInfoRequest(socket: Socket, message: Message): void {
    this.#reply(socket, message, 'comm_info_reply', { status: 'ok', comms: {} });
  }

  override close(): void {
    void this.#end();
  }

  async #end(): Promise<void> {
    this.#callbacks.interrupt();
    await Promise.race([this.#queue.idle(), wait(patience)]);
    await Promise.all(this.#outboxes.map((outbox) => outbox.drained()));
    for (const outbox of this.#outboxes) outbox.close();
    super.close();
    this.#callbacks.closed();
  }

  async #execute({ socket, message }: { socket: Socket; message: Message }) {
    const { code, silent, store_history, stop_on_error } = message.content;
    const request = {
      code: String(code ?? ''),
      silent: silent === true,
      storeHistory: silent !== true && store_history !== false,
    };
    this.#running = message;
    super.publishStatus('busy', message);
    const executionCount = this.#callbacks.count(request);
    if (!request.silent) {
      this.#publish(message, 'execute_input', { code: request.code, execution_count: executionCount });
    }
    const result = await this.#callbacks.execute(request, executionCount, message);
    const ending = result.ok
      ? { status: 'ok', payload: [], user_expressions: {} }
      : { status: 'error', ...result.error };
    return {
      stopOthers: !result.ok && stop_on_error !== false,
      finish: () => this.#finish(socket, message, { ...ending, execution_count: executionCount }),
    };
  }

  #finish(socket: Socket, message: Message, content: Record<string, unknown>): void {
    if (this.#running !== message) super.publishStatus('busy', message);
    this.#running = undefined;
    this.#reply(socket, message, 'execute_reply', content);
    super.publishStatus('idle', message);
  }

  #reply(socket: Socket, parent: Message, type: string, content: Record<string, unknown>): void {
    const reply = parent.createReply();
    reply.header.msg_type = type;
    reply.content = content;
    reply.signAndSend(this.connInfo.key, socket);
  }

  #publish(parent: Message, type: string, content: object): void {
    this.#publisher?.post(this.#frames(parent, type, content));
  }

  #frames(parent: Message, type: string, content: object): Frame[] {
    const message = parent.createReply();
    message.header.msg_type = type;
    message.content = content as Record<string, unknown>;
    let frames: Frame[] = [];
    const collect = async (all: Frame[]) => {
      frames = all;
    };
    message.signAndSend(this.connInfo.key, { send: collect });
    return frames;
  }
}

const answered: ReadonlySet<string> = new Set(
  ['kernel_info', 'execute', 'is_complete', 'inspect', 'complete', 'comm_info', 'shutdown'].map(
    (name) => `${name}_request`,
  ),
);

/** A message's type; it is signed, and refused later where the signature is wrong. */
function typeOf(frames: readonly Buffer[]): string {
  const header = frames[frames.findIndex((frame) => frame.toString() === '<IDS|MSG>') + 2];
  try {
    return (JSON.parse(String(header)) as { msg_type: string }).msg_type;
  } catch {
    return 'unreadable';
  }
}
