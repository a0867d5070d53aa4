import { getCodeMetadata, type ts, typescript } from '../tslab.js';

/**
 * The cell without its `export`s, which mean nothing here, each replaced by spaces so that every position stays.
 * `export ... from` stays as it is, and so does a cell that declares itself a module.
 */
export function withoutExports(code: string): string {
  if (!code.includes('export') || getCodeMetadata(code).module) return code;
  const file = typescript.createSourceFile('cell.ts', code, typescript.ScriptTarget.Latest, true);
  const ranges = file.statements.flatMap((statement) => exportRanges(statement, file));
  return ranges.reduce((text, [start, end]) => blank(text, start, end), code);
}

function exportRanges(statement: ts.Statement, file: ts.SourceFile): [number, number][] {
  if (typescript.isExportDeclaration(statement)) {
    return statement.moduleSpecifier ? [] : [[statement.getStart(file), statement.end]];
  }
  if (typescript.isExportAssignment(statement)) {
    return statement.isExportEquals ? [] : [[statement.getStart(file), statement.expression.getStart(file)]];
  }
  if (!typescript.canHaveModifiers(statement)) return [];
  const { ExportKeyword, DefaultKeyword } = typescript.SyntaxKind;
  return (typescript.getModifiers(statement) ?? [])
    .filter(({ kind }) => kind === ExportKeyword || kind === DefaultKeyword)
    .map((modifier) => [modifier.getStart(file), modifier.end]);
}

function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ') + text.slice(end);
}

/** The UTF-16 offset of an offset that counts code points, as Jupyter's messages do. */
export function toUtf16(code: string, codePoints: number): number {
  let offset = 0;
  for (let left = codePoints; left > 0 && offset < code.length; left--) {
    offset += code.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return offset;
}

/** The reverse of {@link toUtf16}. */
export function toCodePoints(code: string, utf16: number): number {
  return [...code.slice(0, utf16)].length;
}
