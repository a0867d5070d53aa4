import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCodePoints, toUtf16, withoutExports } from './cellSource.js';

test.each([
  ['export const a = 1;', '       const a = 1;'],
  ['export default 7', '               7'],
  ['export default function f() {}', '               function f() {}'],
  ['export abstract class A {}', '       abstract class A {}'],
  ['const a = 1;\nexport {\n  a\n};\na', 'const a = 1;\n        \n   \n  \na'],
])('%j loses its export and keeps its positions', (code, expected) => {
  expect(withoutExports(code)).toBe(expected);
});

test.each([
  "const s = 'export const a';",
  '// export const a = 1',
  "export { readFile } from 'node:fs';",
  "export * from './x';",
  'namespace N { export const a = 1; }',
  '/** @module shared */\nexport const a = 1;',
])('%j stays as it is', (code) => {
  expect(withoutExports(code)).toBe(code);
});

test('code points and UTF-16 units agree on every character of any text', () => {
  expect([toUtf16('😀a', 1), toUtf16('😀a', 2), toCodePoints('😀a', 2)]).toEqual([2, 3, 1]);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, number) => {
      const points = number % ([...text].length + 1);
      expect(toCodePoints(text, toUtf16(text, points))).toBe(points);
    }),
  );
});
