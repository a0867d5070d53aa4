import { afterEach, expect, test, vi } from 'vitest';
import { guardExit, ProcessExit, redirectOutput } from './processGuards.js';

const { exit } = process;
const { write: writeOut } = process.stdout;
const { write: writeError } = process.stderr;

afterEach(() => {
  process.exit = exit;
  process.stdout.write = writeOut;
  process.stderr.write = writeError;
});

test('process.exit throws and says what to do instead', () => {
  guardExit();
  expect(() => process.exit(3)).toThrow(ProcessExit);
  expect(() => process.exit()).toThrow('process.exit() would end the kernel');
});

test('output is handed over, characters whole, callbacks called', async () => {
  const written: string[] = [];
  redirectOutput((name, text) => {
    written.push(`${name} ${text}`);
    return true;
  });
  const euro = Buffer.from('€');
  process.stdout.write(euro.subarray(0, 1));
  await new Promise<void>((resolve) => {
    process.stdout.write(euro.subarray(1), () => resolve());
  });
  await new Promise<void>((resolve) => {
    process.stderr.write('x', 'utf8', () => resolve());
  });
  expect(written).toEqual(['stdout ', 'stdout €', 'stderr x']);
});

test('what nobody takes is written where it always was', () => {
  const real = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const log = redirectOutput(() => false);
  process.stderr.write('a');
  log('b');
  expect(real.mock.calls.map(([text]) => text)).toEqual(['a', 'b']);
});
