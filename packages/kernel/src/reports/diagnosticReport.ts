import type { Diagnostic } from '../tslab.js';
import { type ErrorReport, excerpt } from './errorReport.js';

/** What TypeScript says about a cell, as an error with the lines it speaks of. */
export function reportDiagnostics(diagnostics: Diagnostic[], script: string, code: string): ErrorReport {
  const complaints = joined(diagnostics);
  const { code: number, text } = complaints[0]!;
  const more = complaints.length > 1 ? ` (and ${complaints.length - 1} more)` : '';
  const traceback = complaints.flatMap(({ start, end, fileName, code: number, text }, i) => {
    const place = { line: start.line + 1, column: start.character + 1 };
    const length = end.line === start.line ? end.character - start.character : Number.POSITIVE_INFINITY;
    const lines = fileName ? [] : excerpt(code, place, length);
    const head = `${fileName ?? script}, line ${place.line}, column ${place.column}: TS${number}: ${text}`;
    return [...(i > 0 ? [''] : []), head, ...lines];
  });
  return { ename: `TS${number}`, evalue: text.split('\n')[0]! + more, traceback };
}

/** tslab gives the parts of one long message one after the other, all with the same place. */
function joined(diagnostics: Diagnostic[]): (Diagnostic & { text: string })[] {
  const result: (Diagnostic & { text: string })[] = [];
  for (const diagnostic of diagnostics) {
    const last = result.at(-1);
    const same =
      last &&
      (diagnostic.fileName === undefined || diagnostic.fileName === last.fileName) &&
      (['line', 'character'] as const).every(
        (key) => diagnostic.start[key] === last.start[key] && diagnostic.end[key] === last.end[key],
      );
    if (same) last.text += `\n  ${diagnostic.messageText}`;
    else result.push({ ...diagnostic, text: diagnostic.messageText });
  }
  return result;
}
