import { toCodePoints, toUtf16 } from '../cells/cellSource.js';
import { matchesAt } from '../editor/completion.js';
import { inspectAt } from '../editor/inspection.js';
import { type Executor, JupyterHandlerImpl, typescript } from '../tslab.js';

interface Request {
  code: string;
  cursor_pos: number;
}

/** tslab's answers to the requests that run nothing, mended. */
export class KernelHandler extends JupyterHandlerImpl {
  readonly #executor: Executor;
  readonly #folder: string;

  constructor(executor: Executor, folder: string) {
    super(executor, false);
    this.#executor = executor;
    this.#folder = folder;
  }

  override handleKernel(): Record<string, unknown> {
    const info = super.handleKernel();
    return {
      ...info,
      status: 'ok',
      banner: `TypeScript ${typescript.version}, Node ${process.version}`,
      language_info: { ...(info.language_info as object), version: typescript.version },
    };
  }

  override handleIsComplete(request: { code: string }): Record<string, unknown> {
    return answer(() => super.handleIsComplete(request));
  }

  override handleInspect({ code, cursor_pos }: Request): Record<string, unknown> {
    return answer(() => {
      const position = toUtf16(code, cursor_pos);
      const found = inspectAt(this.#executor.inspect(code, position), this.#folder, position);
      const data = found ? { 'text/plain': found.plain, 'text/markdown': found.markdown } : {};
      return { status: 'ok', found: found !== undefined, data, metadata: {} };
    });
  }

  override handleComplete({ code, cursor_pos }: Request): Record<string, unknown> {
    return answer(() => {
      const cursor = toUtf16(code, cursor_pos);
      const { start, end, matches } = matchesAt(this.#executor.complete(code, cursor), code, cursor);
      return {
        status: 'ok',
        matches,
        cursor_start: toCodePoints(code, start),
        cursor_end: toCodePoints(code, end),
        metadata: {},
      };
    });
  }

  override handleShutdown({ restart }: { restart: boolean }): Record<string, unknown> {
    return { status: 'ok', restart: restart === true };
  }
}

/** A request is answered in any case; its sender waits. */
function answer(make: () => Record<string, unknown>): Record<string, unknown> {
  try {
    return make();
  } catch (error) {
    const { name, message, stack } = error as Error;
    return { status: 'error', ename: name, evalue: message, traceback: [stack ?? message] };
  }
}
