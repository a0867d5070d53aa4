import { type ts, typescript } from '../tslab.js';

/**
 * The declarations after a cell that failed on its way: of `after`, those whose names got their values; of `before`, those
 * whose names the cell was to declare anew and did not.
 * @param unset names of the cell that have no value; those whose type allows undefined count as set
 * @returns the declarations and the names that have their old meaning, or none
 */
export function afterFailure(
  before: string,
  after: string,
  unset: ReadonlySet<string>,
): { declarations: string; lost: Set<string> } {
  const file = parse(after);
  const lost = new Set([...unset].filter((name) => !mayBeUndefined(file, name)));
  const kept = pick(file, (name) => !lost.has(name));
  const old = pick(parse(before), (name) => lost.has(name));
  return { declarations: [...kept, ...old].join('\n'), lost };
}

const parse = (declarations: string) =>
  typescript.createSourceFile('declarations.d.ts', declarations, typescript.ScriptTarget.Latest, true);

function mayBeUndefined(file: ts.SourceFile, name: string): boolean {
  return file.statements.some(
    (statement) =>
      typescript.isVariableStatement(statement) &&
      statement.declarationList.declarations.some(
        (declaration) =>
          declaration.name.getText(file) === name &&
          /\b(undefined|any|unknown)\b/.test(declaration.type?.getText(file) ?? ''),
      ),
  );
}

/** The statements of a file reduced to the values that are wanted; types and what has no name stay in none but the new file. */
function pick(file: ts.SourceFile, wanted: (name: string) => boolean): string[] {
  const printer = typescript.createPrinter({ newLine: typescript.NewLineKind.LineFeed });
  const { factory } = typescript;
  return file.statements.flatMap((statement) => {
    if (typescript.isVariableStatement(statement)) {
      const { declarationList: list } = statement;
      const kept = list.declarations.filter(({ name }) => wanted(name.getText(file)));
      if (kept.length === 0) return [];
      const reduced = factory.createVariableDeclarationList(kept, list.flags);
      const changed = factory.createVariableStatement(statement.modifiers, reduced);
      return [printer.printNode(typescript.EmitHint.Unspecified, changed, file)];
    }
    if (typescript.isImportDeclaration(statement)) return importOf(statement, file, wanted);
    const name = (statement as ts.Statement & { name?: ts.Node }).name?.getText(file);
    return name !== undefined && wanted(name) ? [statement.getText(file)] : [];
  });
}

function importOf(
  statement: ts.ImportDeclaration,
  file: ts.SourceFile,
  wanted: (name: string) => boolean,
): string[] {
  const clause = statement.importClause;
  if (!clause) return [];
  const parts: string[] = [];
  if (clause.name && wanted(clause.name.text)) parts.push(clause.name.text);
  const bindings = clause.namedBindings;
  if (bindings && typescript.isNamespaceImport(bindings)) {
    if (wanted(bindings.name.text)) parts.push(bindings.getText(file));
  } else if (bindings) {
    const elements = bindings.elements.filter(({ name }) => wanted(name.text));
    if (elements.length > 0) parts.push(`{ ${elements.map((element) => element.getText(file)).join(', ')} }`);
  }
  if (parts.length === 0) return [];
  const type = clause.isTypeOnly ? 'type ' : '';
  return [`import ${type}${parts.join(', ')} from ${statement.moduleSpecifier.getText(file)};`];
}
