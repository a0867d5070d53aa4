import { AsyncLocalStorage } from 'node:async_hooks';
import type { ErrorReport } from '../reports/errorReport.js';
import type { Message } from '../tslab.js';

/** How long a cell that took its signal may go on after an interrupt, in ms. */
const grace = 20_000;

/** One run of a cell. */
export class Cell {
  readonly controller = new AbortController();
  taken = false;
  /** The first error that was thrown beside the cell's own course while it ran. */
  failure: ErrorReport | undefined;

  /**
   * @param script the name of its script, such as `In[3]`
   * @param parent the request; outputs name it
   */
  constructor(
    readonly script: string,
    readonly parent: Message,
  ) {}
}

/** Which cell runs, which one some code belongs to, and what an interrupt does to them. */
export class Cells {
  #running: Cell | undefined;
  #last: Cell | undefined;
  #hard: ((reason: Error) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pressed = false;
  readonly #taken = new Set<Cell>();
  readonly #context = new AsyncLocalStorage<Cell>();

  get running(): Cell | undefined {
    return this.#running;
  }

  /** The cell whose code asks, wherever timers and promises led it; undefined where that is not known. */
  get asking(): Cell | undefined {
    return this.#context.getStore();
  }

  /** The cell that output goes to: the running one, else the one that asks, else the last one. */
  get receiving(): Cell | undefined {
    return this.#running ?? this.asking ?? this.#last;
  }

  /** The signal of the cell that asks; asking says that somebody will obey it. Before any cell, one that is never aborted. */
  signal(): AbortSignal {
    const cell = this.asking ?? this.#running ?? this.#last;
    if (!cell) return new AbortController().signal;
    cell.taken = true;
    this.#taken.add(cell);
    return cell.controller.signal;
  }

  /** Runs `body` as the running cell. @param hard ends the wait for the cell's promise */
  async run<T>(cell: Cell, hard: (reason: Error) => void, body: () => Promise<T>): Promise<T> {
    this.#running = cell;
    this.#last = cell;
    this.#hard = hard;
    this.#pressed = false;
    try {
      return await this.#context.run(cell, body);
    } finally {
      clearTimeout(this.#timer);
      this.#running = undefined;
      this.#hard = undefined;
    }
  }

  /**
   * Interrupt was pressed. All signals that were taken are aborted, those of cells that ended too: their work may go on.
   * The running cell may end by itself if it took its signal, or `heeded` says that somebody listens in another way; else,
   * after {@link grace}, or at the second press it is ended without it.
   */
  interrupt(heeded = false): void {
    const cell = this.#running;
    const reason = new DOMException('The cell was interrupted.', 'AbortError');
    for (const each of this.#taken) each.controller.abort(reason);
    this.#taken.clear();
    if (!cell) return;
    cell.controller.abort(reason);
    if (this.#pressed || !(cell.taken || heeded)) {
      this.#end();
      return;
    }
    this.#pressed = true;
    this.#timer = setTimeout(() => this.#end(), grace);
  }

  /** The cell is over; nobody needs its signal to go on. */
  abort(cell: Cell): void {
    cell.controller.abort(new DOMException('The cell was interrupted.', 'AbortError'));
    this.#taken.delete(cell);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#hard?.(new Interrupted());
  }
}

/** How a cell ends that was interrupted and did not end by itself. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  constructor() {
    super('the cell was interrupted. Work that it had begun and that takes no signal may still go on.');
  }
}
