import { expect, test } from 'vitest';
import { typescript } from '../tslab.js';
import { emittedMaps, originalPlace, withoutMapComment } from './sourceMaps.js';

const code = `interface Gone {
  a: string;
  b: string;
}
export const a = 1;
export function fail(): never {
  throw new Error('x');
}
`;

function emitted() {
  const { ModuleKind, ScriptTarget } = typescript;
  const options = { target: ScriptTarget.ES2022, inlineSourceMap: true, module: ModuleKind.ESNext };
  const { outputText } = typescript.transpileModule(code, { compilerOptions: options });
  const { outputText: script, sourceMapText } = typescript.transpileModule(withoutMapComment(outputText), {
    compilerOptions: { target: ScriptTarget.ES2022, sourceMap: true, module: ModuleKind.CommonJS },
  });
  return { module: outputText, script, sourceMapText };
}

test('a place of the script is found in the code through both maps', () => {
  const { module, script, sourceMapText } = emitted();
  const maps = emittedMaps(module, sourceMapText);
  const lines = script.split('\n');
  const line = lines.findIndex((each) => each.includes('throw')) + 1;
  const column = lines[line - 1]!.indexOf('new Error') + 1;
  expect(line).not.toBe(7);
  expect(originalPlace(maps, { line, column })).toMatchObject({ line: 7, column: 9 });
});

test('lines that TypeScript added come from nowhere', () => {
  const { module, script, sourceMapText } = emitted();
  const line = script.split('\n').findIndex((each) => each.includes('__esModule')) + 1;
  expect(line).toBeGreaterThan(0);
  expect(originalPlace(emittedMaps(module, sourceMapText), { line, column: 10 })).toBeUndefined();
});

test('a missing map is an error', () => {
  const { module, sourceMapText } = emitted();
  expect(() => emittedMaps(withoutMapComment(module), sourceMapText)).toThrow('without its source map');
  expect(() => emittedMaps(module, undefined)).toThrow('without its source map');
});
