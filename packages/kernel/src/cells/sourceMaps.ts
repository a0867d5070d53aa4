import { SourceMap } from 'node:module';

const comment = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;
const anyComment = /\n?\/\/# sourceMappingURL=\S*\s*$/;

/** The two maps of a script: from the CommonJS that runs to ES modules, and from these to TypeScript. */
export interface EmittedMaps {
  fromScript: SourceMap;
  fromModule: SourceMap;
}

/** Both from 1, as in stacks. */
export interface Place {
  line: number;
  column: number;
}

export function withoutMapComment(code: string): string {
  return code.replace(anyComment, '\n');
}

/**
 * @param module ES modules with their map in a comment at the end
 * @param scriptMap the map of the script that was made of it, as JSON
 * @throws Error where one of them is missing
 */
export function emittedMaps(module: string, scriptMap: string | undefined): EmittedMaps {
  const inline = comment.exec(module)?.[1];
  if (!inline || !scriptMap) throw new Error('TypeScript emitted a script without its source map.');
  return {
    fromScript: new SourceMap(JSON.parse(scriptMap)),
    fromModule: new SourceMap(JSON.parse(Buffer.from(inline, 'base64').toString())),
  };
}

/** Where in the TypeScript a place of the script comes from; undefined for code that TypeScript added. */
export function originalPlace(
  { fromScript, fromModule }: EmittedMaps,
  place: Place,
): (Place & { source: string }) | undefined {
  const middle = find(fromScript, place);
  return middle && find(fromModule, middle);
}

function find(map: SourceMap, { line, column }: Place): (Place & { source: string }) | undefined {
  const entry = map.findEntry(line - 1, column - 1);
  // The nearest entry may be of an earlier line, where the line has none.
  if (!('originalLine' in entry) || entry.generatedLine !== line - 1) return undefined;
  const { originalLine, originalColumn, originalSource } = entry;
  return { line: originalLine + 1, column: originalColumn + 1, source: originalSource };
}
