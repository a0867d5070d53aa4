import { inspect } from 'node:util';
import type { Place } from '../cells/sourceMaps.js';
import { isTslabFrame } from '../tslab.js';

/** What Jupyter's `error` message holds. */
export interface ErrorReport {
  ename: string;
  evalue: string;
  /** Lines, the first one with name and message. */
  traceback: string[];
}

/** The scripts of the cells that have run. */
export interface CellScripts {
  /** The code of a cell, by the name of its script. */
  code(script: string): string | undefined;
  /** Where in the cell's code a place of its script comes from. */
  locate(script: string, place: Place): Place | undefined;
  /** The same for a file beside the notebook that a cell imports: `path:line:column` of its TypeScript. */
  locateInFile(path: string, place: Place): string | undefined;
}

const frame = /^(\s+at (?:async )?(?:.* \()?)((?:file:\/\/)?[^()]*?):(\d+):(\d+)(\)?)$/;
const ownFolder = decodeURI(new URL('..', import.meta.url).pathname);

/** The frames of a stack that are of cells, with their lines as typed, and of libraries; none of the kernel or of Node. */
function readFrames(stack: string, scripts: CellScripts) {
  let top: { script: string; place: Place } | undefined;
  const lines = stack.split('\n').flatMap((line) => {
    const [, start, file, row, column, end] = frame.exec(line) ?? [];
    if (file === undefined) return /^\s+at .*\(?(native|<anonymous>)\)?$/.test(line) ? [line] : [];
    if (/^node:/.test(file) || isTslabFrame(line)) return [];
    const path = file.replace('file://', '');
    if (path.startsWith(ownFolder)) return [];
    const emitted = { line: Number(row), column: Number(column) };
    if (scripts.code(file) === undefined) {
      return [`${start}${scripts.locateInFile(path, emitted) ?? `${path}:${row}:${column}`}${end}`];
    }
    const place = scripts.locate(file, emitted);
    if (!place) return [];
    top ??= { script: file, place };
    return [`${start}${file}:${place.line}:${place.column}${end}`];
  });
  return { lines, top };
}

/** A line of a cell with its neighbour above, and carets below the place. */
export function excerpt(code: string, { line, column }: Place, length = 1): string[] {
  const lines = code.split(/\r?\n/);
  const width = String(line).length + 2;
  const numbered = (number: number) => `${String(number).padStart(width)} | ${lines[number - 1]!}`;
  const text = lines[line - 1];
  if (text === undefined) return [];
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, text.length - column + 1)));
  return [
    ...(line > 1 ? [numbered(line - 1)] : []),
    numbered(line),
    `${' '.repeat(width)} | ${indent}${carets}`,
  ];
}

/** The cell that an error comes from, as far as its stack says. */
export function scriptOf(error: unknown, scripts: CellScripts): string | undefined {
  return error instanceof Error && typeof error.stack === 'string'
    ? readFrames(error.stack, scripts).top?.script
    : undefined;
}

export function reportError(thrown: unknown, scripts: CellScripts): ErrorReport {
  if (!isError(thrown)) {
    const evalue = typeof thrown === 'string' ? thrown : inspect(thrown);
    const ename = 'Thrown';
    return { ename, evalue, traceback: [`${ename}: ${evalue}`, '(not an Error, so there is no stack)'] };
  }
  return { ename: nameOf(thrown), evalue: thrown.message, traceback: describe(thrown, scripts, new Set()) };
}

const isError = (value: unknown): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

const nameOf = (error: Error) =>
  error.name === 'Error' && error.constructor?.name ? error.constructor.name : String(error.name);

/** Properties that are told in another way. */
const known = new Set(['stack', 'message', 'name', 'cause', 'errors']);

/** @param seen errors and places that were described already */
function describe(error: Error, scripts: CellScripts, seen: Set<unknown>): string[] {
  if (seen.has(error)) return ['(the same error again)'];
  seen.add(error);
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const { lines, top } = readFrames(stack.slice(Math.max(0, stack.search(/\n\s+at /))), scripts);
  const code = top && scripts.code(top.script);
  const spot = top && `${top.script}, line ${top.place.line}`;
  const where = code && !seen.has(spot) ? [spot!, ...excerpt(code, top.place)] : [];
  seen.add(spot);
  const rest = Object.fromEntries(Object.entries(error).filter(([key]) => !known.has(key)));
  const causes =
    error.cause === undefined ? [] : ['Caused by:', ...indented(describeAny(error.cause, scripts, seen))];
  const several = (error as AggregateError).errors;
  const parts = Array.isArray(several)
    ? several.flatMap((each, i) => [`Error ${i + 1}:`, ...indented(describeAny(each, scripts, seen))])
    : [];
  return [
    `${nameOf(error)}: ${error.message}`,
    ...where,
    ...lines,
    ...(Object.keys(rest).length > 0 ? [inspect(rest)] : []),
    ...causes,
    ...parts,
  ];
}

const describeAny = (value: unknown, scripts: CellScripts, seen: Set<unknown>) =>
  isError(value) ? describe(value, scripts, seen) : [inspect(value)];

const indented = (lines: string[]) => lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`);
