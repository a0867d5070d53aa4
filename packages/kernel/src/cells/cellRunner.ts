import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { reportDiagnostics } from '../reports/diagnosticReport.js';
import { type CellScripts, type ErrorReport, reportError, scriptOf } from '../reports/errorReport.js';
import {
  type Converted,
  type Converter,
  createConverter,
  createExecutor,
  type Diagnostic,
  type Executor,
  prefixLines,
  scriptPrefix,
  takeMaps,
} from '../tslab.js';
import { withoutExports } from './cellSource.js';
import { type Cell, type Cells, Interrupted } from './cells.js';
import { afterFailure } from './declarations.js';
import { type EmittedMaps, originalPlace, type Place } from './sourceMaps.js';

export interface RunOptions {
  cells: Cells;
  /** Called once the code has run up to its first await. */
  afterSynchronousPart(): void;
  /** Shows the value of the last expression. */
  show(value: unknown): Promise<void>;
}

/** A cell's code as typed, and what its script was made by. */
interface Script {
  cell: Cell;
  code: string;
  maps?: EmittedMaps;
  prefix: number;
}

/** Runs cells through tslab's converter and executor, and keeps the names of those that fail. */
export class CellRunner implements CellScripts {
  readonly #executor: Executor;
  readonly #node: Converter;
  readonly #scripts = new Map<string, Script>();
  /** Source maps of the files beside the notebook, by the path of their script. */
  readonly #files = new Map<string, EmittedMaps>();
  #declarations = '';
  #cell: Cell | undefined;
  #diagnostics: Diagnostic[] = [];
  #value: { of: unknown } | undefined;
  #thrown: { what: unknown } | undefined;

  /** @param folder where imports start from */
  constructor(folder: string) {
    this.#node = this.#wrapped(createConverter({ isJS: false, isBrowser: false }));
    let browser: Converter | undefined;
    const converters = {
      node: this.#node,
      get browser() {
        browser ??= createConverter({ isJS: false, isBrowser: true });
        return browser;
      },
      close: () => {
        this.#node.close();
        browser?.close();
      },
    };
    this.#executor = createExecutor(folder, converters, {
      log: (value) => {
        this.#value = { of: value };
      },
      // Diagnostics come here in parts; they were seen whole by the converter.
      error: (...what) => {
        if (this.#diagnostics.length === 0) this.#thrown = { what: what[0] };
      },
    });
  }

  /** For the requests that run nothing: completion, inspection. */
  get executor(): Executor {
    return this.#executor;
  }

  /** @returns how the cell failed; undefined where it did not */
  async run(
    cell: Cell,
    code: string,
    { cells, afterSynchronousPart, show }: RunOptions,
  ): Promise<ErrorReport | undefined> {
    this.#cell = cell;
    this.#diagnostics = [];
    this.#value = undefined;
    this.#thrown = undefined;
    this.#scripts.set(cell.script, { cell, code, prefix: 0 });
    const before = { declarations: this.#declarations, values: { ...this.#executor.locals } };
    const { promise: interruption, reject: end } = withReject();
    const hard = (reason: Error) => {
      this.#executor.interrupt();
      end(reason);
    };
    try {
      await cells.run(cell, hard, async () => {
        const running = this.#executor.execute(withoutExports(code));
        afterSynchronousPart();
        const ok = await Promise.race([running, interruption]);
        if (ok && this.#value) await Promise.race([show(this.#value.of), interruption]);
        // Rejections that nobody awaits are known one turn later.
        await nextTurn();
        if (this.#thrown) throw this.#thrown.what;
      });
    } catch (thrown) {
      this.#forgetUnset(before);
      if ((thrown as NodeJS.ErrnoException | null)?.code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED')
        return reportError(thrown, this);
      cells.abort(cell);
      return reportError(new Interrupted(), this);
    }
    return this.#diagnostics.length > 0 ? reportDiagnostics(this.#diagnostics, cell.script, code) : undefined;
  }

  /** The cell that an error's stack leads to. */
  cellOf(error: unknown): Cell | undefined {
    const script = scriptOf(error, this);
    return script === undefined ? undefined : this.#scripts.get(script)?.cell;
  }

  code(script: string): string | undefined {
    return this.#scripts.get(script)?.code;
  }

  locate(script: string, { line, column }: Place): Place | undefined {
    const { maps, prefix } = this.#scripts.get(script) ?? {};
    if (!maps) return undefined;
    const place = originalPlace(maps, { line, column: line === 1 ? column - prefix! : column });
    const row = place && place.line - prefixLines;
    return row && row > 0 ? { line: row, column: place.column } : undefined;
  }

  locateInFile(path: string, place: Place): string | undefined {
    const maps = this.#files.get(path);
    const original = maps && originalPlace(maps, place);
    if (!original) return undefined;
    const source = path.slice(0, -extname(path).length) + extname(original.source);
    // A cell that declares itself a module has no file, and what tslab puts before it.
    const line = existsSync(source) ? original.line : original.line - prefixLines;
    return `${source}:${line}:${original.column}`;
  }

  #wrapped(converter: Converter): Converter {
    return {
      convert: (_declarations, code) => this.#named(converter.convert(this.#declarations, code)),
      inspect: (_declarations, code, position) => converter.inspect(this.#declarations, code, position),
      complete: (_declarations, code, position) => converter.complete(this.#declarations, code, position),
      addModule: (name, code, metadata) => {
        this.#diagnostics = converter.addModule(name, code, metadata);
        return this.#diagnostics;
      },
      close: () => converter.close(),
    };
  }

  /** Notes what a cell declares and where its lines are, and names its script. */
  #named(converted: Converted): Converted {
    this.#diagnostics = converted.diagnostics;
    if (converted.diagnostics.length > 0) return converted;
    this.#declarations = converted.declOutput ?? '';
    for (const { path, data } of converted.sideOutputs ?? []) {
      const maps = takeMaps(data);
      if (maps) this.#files.set(path, maps);
    }
    if (!converted.output || !this.#cell) return converted;
    const { script } = this.#cell;
    const maps = takeMaps(converted.output);
    const prefix = scriptPrefix(converted.hasToplevelAwait === true).length;
    this.#scripts.set(script, { ...this.#scripts.get(script)!, prefix, ...(maps && { maps }) });
    return { ...converted, output: `${converted.output}\n//# sourceURL=${script}` };
  }

  /** After a failure: names that got no value mean what they meant before. */
  #forgetUnset(before: { declarations: string; values: Record<string, unknown> }): void {
    const { locals } = this.#executor;
    const unset = new Set(
      Object.keys(locals).filter(
        (name) =>
          locals[name] === undefined && (!(name in before.values) || before.values[name] !== undefined),
      ),
    );
    const { declarations, lost } = afterFailure(before.declarations, this.#declarations, unset);
    this.#declarations = declarations;
    for (const name of lost) {
      if (name in before.values) locals[name] = before.values[name];
      else delete locals[name];
    }
  }
}

/** A promise for a race, rejected by hand; that nobody waits for it any more is no error. */
function withReject(): { promise: Promise<never>; reject(reason: Error): void } {
  let reject!: (reason: Error) => void;
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  promise.catch(() => {});
  return { promise, reject };
}
