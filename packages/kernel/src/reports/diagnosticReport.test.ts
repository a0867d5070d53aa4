import { expect, test } from 'vitest';
import { reportDiagnostics } from './diagnosticReport.js';

const at = (line: number, from: number, to: number) => ({
  start: { line, character: from },
  end: { line, character: to },
});

test('each complaint with its line; the parts of a long one together', () => {
  const report = reportDiagnostics(
    [
      { ...at(0, 6, 7), messageText: 'Not assignable.', code: 2322 },
      { ...at(0, 6, 7), messageText: "Property 'a' is missing.", code: 2741 },
      { ...at(1, 0, 3), messageText: 'Cannot find it.', code: 2304 },
      { ...at(1, 0, 3), messageText: 'In a file.', code: 1, fileName: 'lib/x.ts' },
    ],
    'In[4]',
    'const x: A = {};\nfoo',
  );
  expect(report).toEqual({
    ename: 'TS2322',
    evalue: 'Not assignable. (and 2 more)',
    traceback: [
      "In[4], line 1, column 7: TS2322: Not assignable.\n  Property 'a' is missing.",
      '  1 | const x: A = {};',
      '    |       ^',
      '',
      'In[4], line 2, column 1: TS2304: Cannot find it.',
      '  1 | const x: A = {};',
      '  2 | foo',
      '    | ^^^',
      '',
      'lib/x.ts, line 2, column 1: TS1: In a file.',
    ],
  });
});
