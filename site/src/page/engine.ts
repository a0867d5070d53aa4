import type { SiteManifest, SiteModel } from '../manifest.js';
import type { Answers, Asked, Drawing, Kind, Question, Reply } from '../worker/protocol.js';
import { fileContent, forget } from './files.js';

interface Waiting {
  resolve(answer: Answers[Kind]): void;
  reject(error: Error): void;
  tell(drawing: Drawing): void;
}

export interface AskOptions {
  signal?: AbortSignal;
  onProgress?: (drawing: Drawing) => void;
}

/** The worker in which models run, started by the first question. */
export class Engine {
  private worker: Promise<Worker> | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private readonly opened = new Map<string, Promise<unknown>>();
  private last = 0;

  constructor(private readonly program: SiteManifest['worker']) {}

  /** Fetches a model once and gives it to the worker. @throws Error with a sentence where it is damaged or not there */
  async open(model: SiteModel): Promise<void> {
    const known = this.opened.get(model.name) ?? this.fetchAndOpen(model);
    this.opened.set(model.name, known);
    try {
      await known;
    } catch (error) {
      if (this.opened.get(model.name) === known) {
        this.opened.delete(model.name);
        forget(model);
      }
      throw error;
    }
  }

  /** Answers a question about a model that is opened before. */
  async ask<K extends Exclude<Kind, 'open'>>(
    model: SiteModel,
    question: Omit<Extract<Question, { kind: K }>, 'model'> & { kind: K },
    options: AskOptions = {},
  ): Promise<Answers[K]> {
    await this.open(model);
    options.signal?.throwIfAborted();
    return this.post({ ...question, model: model.name } as unknown as Question, options) as Promise<
      Answers[K]
    >;
  }

  private async fetchAndOpen(model: SiteModel): Promise<void> {
    const base64 = String(await fileContent(model));
    await this.post({ kind: 'open', model: model.name, base64, crc32: model.crc32 });
  }

  private async post(question: Question, { signal, onProgress }: AskOptions = {}): Promise<Answers[Kind]> {
    const worker = await this.running();
    signal?.throwIfAborted();
    const id = ++this.last;
    const send = (asked: Asked) => worker.postMessage(asked);
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.waiting.delete(id);
        send({ id, question: null });
        reject(new DOMException('given up', 'AbortError'));
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      const ended = <T>(then: (value: T) => void) => {
        return (value: T) => {
          this.waiting.delete(id);
          signal?.removeEventListener('abort', giveUp);
          then(value);
        };
      };
      this.waiting.set(id, {
        resolve: ended(resolve),
        reject: ended(reject),
        tell: (drawing) => onProgress?.(drawing),
      });
      send({ id, question });
    });
  }

  private async running(): Promise<Worker> {
    this.worker ??= this.start();
    try {
      return await this.worker;
    } catch (error) {
      this.worker = null;
      throw error;
    }
  }

  /** From a blob: a page opened from disk may start no worker from a file. */
  private async start(): Promise<Worker> {
    const code = String(await fileContent(this.program));
    const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const worker = new Worker(address);
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const waiting = this.waiting.get(data.id);
      if (!waiting) return; // given up
      if (data.state === 'progress') waiting.tell(data.drawing);
      else if (data.state === 'done') waiting.resolve(data.answer);
      else waiting.reject(new Error(data.message));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const why = event.message || 'no reason was given';
      const error = new Error(`the worker that runs the models has stopped: ${why}`);
      for (const waiting of [...this.waiting.values()]) waiting.reject(error);
      this.opened.clear();
      this.worker = null;
    };
    return worker;
  }
}
