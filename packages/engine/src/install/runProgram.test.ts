import { expect, test } from 'vitest';
import { failureLine, runProgram } from './runProgram.js';

const node = (code: string, seconds = 60) => runProgram(process.execPath, ['-e', code], { seconds });

test('a program that ends well gives its output', async () => {
  expect(await node("console.log('out'); console.error('err')")).toEqual({
    code: 0,
    stdout: 'out\n',
    stderr: 'err\n',
    trouble: '',
  });
});

test.each([
  ["console.error('some note\\nERROR: no such wheel\\nbye'); process.exit(3)", 'ERROR: no such wheel'],
  ["console.log('first'); console.log('last'); process.exit(1)", 'last'],
  ['process.exit(4)', 'exit code 4'],
  ["process.kill(process.pid, 'SIGKILL')", `${process.execPath} crashed (SIGKILL)`],
])('%s fails with the line that says most', async (code, line) => {
  const result = await node(code);
  expect(result.code).not.toBe(0);
  expect(failureLine(result)).toBe(line);
});

test('a program that is not there, or does not end, is told apart', async () => {
  const absent = await runProgram('/no/such/program', [], { seconds: 60 });
  expect([absent.code, failureLine(absent)]).toEqual([null, '/no/such/program is not installed']);
  const endless = await node('setInterval(() => {}, 1000)', 0.5);
  expect([endless.code, failureLine(endless)]).toEqual([
    null,
    `${process.execPath} did not end within 0.5 s`,
  ]);
});
