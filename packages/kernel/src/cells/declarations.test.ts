import { expect, test } from 'vitest';
import { afterFailure } from './declarations.js';

const before = `import { join, dirname as folder } from "node:path";
declare const a: number, b: string;
declare function f(): void;
`;

test('names that got their values keep their new declarations, others the old ones', () => {
  const after = `declare const a: boolean;
declare class K {
}
interface Shape {
    side: number;
}
type Id = string;
declare let b: string;
declare function f(): void;
import * as fs from "node:fs";
`;
  const { declarations, lost } = afterFailure(before, after, new Set(['a', 'K', 'fs']));
  expect([...lost]).toEqual(['a', 'K', 'fs']);
  expect(declarations.split('\n')).toEqual([
    'interface Shape {',
    '    side: number;',
    '}',
    'type Id = string;',
    'declare let b: string;',
    'declare function f(): void;',
    'declare const a: number;',
  ]);
});

test('imports are kept name by name', () => {
  const after =
    'import fs, { readFile, writeFile as write } from "node:fs";\nimport type { Stats } from "node:fs";\n';
  expect(afterFailure(before, after, new Set(['write', 'folder'])).declarations.split('\n')).toEqual([
    'import fs, { readFile } from "node:fs";',
    'import type { Stats } from "node:fs";',
    'import { dirname as folder } from "node:path";',
  ]);
});

test('a name may be undefined where its type says so; a constant of a literal type may not', () => {
  const after = 'declare let x: string | undefined;\ndeclare let y: any;\ndeclare const z = 6;\n';
  const { declarations, lost } = afterFailure('', after, new Set(['x', 'y', 'z']));
  expect([...lost]).toEqual(['z']);
  expect(declarations).toBe('declare let x: string | undefined;\ndeclare let y: any;');
});
