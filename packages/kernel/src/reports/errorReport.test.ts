import { expect, test } from 'vitest';
import { type CellScripts, excerpt, reportError, scriptOf } from './errorReport.js';

const code = 'const a = 1;\nfunction f() {\n\tthrow a;\n}\nf();';
/** A script whose lines are two below those of the cell; its first line is of nobody. */
const scripts: CellScripts = {
  code: (script) => (script === 'In[2]' ? code : undefined),
  locate: (_script, { line, column }) => (line > 2 ? { line: line - 2, column } : undefined),
  locateInFile: (path, { line }) =>
    path === '/home/me/beside.js' ? `/home/me/beside.ts:${line - 1}:1` : undefined,
};

function thrown(name: string, message: string, ...frames: string[]): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = [`${name}: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

const own = decodeURI(new URL('../cells/cellRunner.ts', import.meta.url).pathname);
const frames = [
  'helper (file:///home/me/lib.js:3:4)',
  'new Beside (/home/me/beside.js:9:9)',
  'f (In[2]:5:8)',
  'async In[2]:7:1',
  'In[2]:1:3',
  'Script.runInThisContext (node:vm:117:12)',
  'async execute (/x/node_modules/tslab/dist/executor.js:10:3)',
  `async file://${own}:1:2`,
  'async Promise.all (index 0)',
  'new Promise (<anonymous>)',
];

test('the cell, its line as typed, and the frames of libraries remain', () => {
  expect(reportError(thrown('TypeError', 'bad', ...frames), scripts)).toEqual({
    ename: 'TypeError',
    evalue: 'bad',
    traceback: [
      'TypeError: bad',
      'In[2], line 3',
      '  2 | function f() {',
      '  3 | \tthrow a;',
      '    | \t      ^',
      '    at helper (/home/me/lib.js:3:4)',
      '    at new Beside (/home/me/beside.ts:8:1)',
      '    at f (In[2]:3:8)',
      '    at async In[2]:5:1',
      '    at new Promise (<anonymous>)',
    ],
  });
});

test('causes, parts and properties are told; a ring of causes ends', () => {
  const error = new AggregateError([thrown('E', 'one'), 'two'], 'several');
  error.stack = 'AggregateError: several';
  Object.assign(error, { code: 'EX', cause: error });
  expect(reportError(error, scripts).traceback).toEqual([
    'AggregateError: several',
    "{ code: 'EX' }",
    'Caused by:',
    '  (the same error again)',
    'Error 1:',
    '  E: one',
    'Error 2:',
    "  'two'",
  ]);
});

test('a cause of the same line does not show it again, and stays indented', () => {
  const error = thrown('E', 'outer', 'In[2]:5:1');
  error.cause = thrown('E', 'in\nner', 'lib (/lib.js:1:1)', 'In[2]:5:4');
  expect(reportError(error, scripts).traceback.slice(5)).toEqual([
    '    at In[2]:3:1',
    'Caused by:',
    '  E: in',
    '  ner',
    '      at lib (/lib.js:1:1)',
    '      at In[2]:3:4',
  ]);
});

test('a class of errors without a name of its own is named by its class', () => {
  class Special extends Error {}
  expect(reportError(new Special('x'), scripts).ename).toBe('Special');
});

test.each([
  ['text', 'text'],
  [{ a: 1 }, '{ a: 1 }'],
  [undefined, 'undefined'],
])('what is no error, %j, is reported too', (value, evalue) => {
  expect(reportError(value, scripts)).toMatchObject({ ename: 'Thrown', evalue });
});

test('the script that an error comes from', () => {
  expect(scriptOf(thrown('E', 'x', 'g (In[2]:4:1)'), scripts)).toBe('In[2]');
  expect(scriptOf(thrown('E', 'x', 'g (In[7]:4:1)'), scripts)).toBeUndefined();
  expect(scriptOf('text', scripts)).toBeUndefined();
});

test('an excerpt marks no more than its line, and nothing where there is no such line', () => {
  expect(excerpt('let ab = 1;', { line: 1, column: 5 }, 2)).toEqual(['  1 | let ab = 1;', '    |     ^^']);
  expect(excerpt('ab', { line: 1, column: 2 }, Number.POSITIVE_INFINITY)).toEqual(['  1 | ab', '    |  ^']);
  expect(excerpt('ab', { line: 3, column: 1 })).toEqual([]);
});
