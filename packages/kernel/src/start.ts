import { cellSignalSymbol, type DisplayFunction, displaySymbol } from '@pixelrnn/cell';
import { CellRunner } from './cells/cellRunner.js';
import { Cell, Cells } from './cells/cells.js';
import { bundleOf, sendable } from './displayers/registry.js';
import { guardExit, redirectOutput } from './processGuards.js';
import { reportError } from './reports/errorReport.js';
import { KernelHandler } from './server/kernelHandler.js';
import { type ExecuteRequest, type ExecuteResult, KernelServer } from './server/kernelServer.js';
import { Sigint } from './sigint.js';
import { type Message, setWriteDisplayData } from './tslab.js';

/** The kernel of this process. */
class Kernel {
  readonly #cells = new Cells();
  readonly #runner = new CellRunner(process.cwd());
  readonly #server: KernelServer;
  readonly #exit = guardExit();
  readonly #sigint = new Sigint((heeded) => this.#interrupt(heeded));
  readonly #log: (text: string) => void;
  #executionCount = 0;
  #unnumbered = 0;
  /** What the next cell is told: errors of cells that had ended. */
  #notices: string[] = [];

  constructor(connectionFile: string) {
    const handler = new KernelHandler(this.#runner.executor, process.cwd());
    this.#server = new KernelServer(handler, connectionFile, {
      count: ({ storeHistory }) => (storeHistory ? ++this.#executionCount : this.#executionCount),
      execute: (request, count, parent) => this.#execute(request, count, parent),
      interrupt: () => this.#interrupt(false),
      closed: () => setTimeout(this.#exit, 100, 0),
      broken: (error) => this.#late(error),
    });
    this.#log = redirectOutput((name, text) => {
      const cell = this.#cells.receiving;
      if (cell) this.#server.stream(cell.parent, name, text);
      return cell !== undefined;
    });
    for (const event of ['uncaughtException', 'unhandledRejection'])
      process.on(event, (error) => this.#late(error));
    this.#shareGlobals();
    this.#endWithJupyter();
  }

  async listen(): Promise<void> {
    try {
      await this.#server.init();
    } catch (error) {
      this.#log(`The kernel cannot listen: ${String(error)}\n`);
      this.#exit(1);
    }
  }

  /** A kernel whose Jupyter was killed would stay for good. */
  #endWithJupyter(): void {
    const { ppid } = process;
    if (process.env.JPY_PARENT_PID !== String(ppid)) return;
    const watch = setInterval(() => {
      if (process.ppid === ppid) return;
      clearInterval(watch);
      this.#server.close();
    }, 1000);
    watch.unref();
  }

  /** What libraries reach without importing the kernel. */
  #shareGlobals(): void {
    const display: DisplayFunction = (bundle, { metadata = {}, displayId, update = false } = {}) => {
      const transient = displayId === undefined ? {} : { display_id: displayId };
      this.#display({ data: sendable(bundle), metadata, transient }, update);
    };
    Object.defineProperty(globalThis, cellSignalSymbol, {
      configurable: true,
      get: () => this.#cells.signal(),
    });
    Object.defineProperty(globalThis, displaySymbol, { configurable: true, value: display });
    setWriteDisplayData((content, update) => this.#display(content, update));
  }

  #display(content: object, update: boolean): void {
    const cell = this.#cells.receiving;
    if (cell) this.#server.display(cell.parent, content, update);
  }

  #interrupt(heeded: boolean): void {
    this.#server.cancelWaiting();
    this.#cells.interrupt(heeded);
  }

  async #execute(request: ExecuteRequest, executionCount: number, parent: Message): Promise<ExecuteResult> {
    const script = request.storeHistory ? `In[${executionCount}]` : `unnumbered-${++this.#unnumbered}`;
    const cell = new Cell(script, parent);
    const complain = (text: string) => this.#server.stream(parent, 'stderr', `${text}\n`);
    for (const notice of this.#notices.splice(0)) complain(notice);
    this.#sigint.cellBegins();
    const error = await this.#runner.run(cell, request.code, {
      cells: this.#cells,
      afterSynchronousPart: () => this.#sigint.synchronousPartEnded(),
      show: async (value) => {
        if (request.silent) return;
        this.#server.result(parent, executionCount, await bundleOf(value, complain));
      },
    });
    if (error) this.#server.error(parent, error);
    const failure = error ?? cell.failure;
    return failure ? { executionCount, ok: false, error: failure } : { executionCount, ok: true };
  }

  /** An error that nobody awaited: of a timer, an event, a rejection. It belongs to the cell that started the work. */
  #late(error: unknown): void {
    const { asking, running, receiving } = this.#cells;
    const cell = asking ?? this.#runner.cellOf(error) ?? receiving;
    const report = reportError(error, this.#runner);
    if (!cell) {
      this.#log(`${report.traceback.join('\n')}\n`);
      return;
    }
    this.#server.error(cell.parent, report);
    if (cell === running) {
      cell.failure ??= report;
      return;
    }
    // Clients without a screen drop what comes for a cell that has ended.
    const notice = `${cell.script} had ended when this was thrown: ${report.ename}: ${report.evalue}`;
    if (running) this.#server.stream(running.parent, 'stderr', `${notice}\n`);
    else this.#notices.push(notice);
  }
}

/**
 * Starts the kernel.
 * @param connectionFile the file in which Jupyter says where it listens and what signs its messages
 */
export async function start(connectionFile: string | undefined): Promise<void> {
  if (!connectionFile) throw new Error('The kernel needs the path of a connection file; Jupyter gives it.');
  Error.stackTraceLimit = 50;
  await new Kernel(connectionFile).listen();
}
