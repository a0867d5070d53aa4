import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KernelClient } from './testing/kernelClient.js';
import { sampleFolder } from './testing/sampleFolder.js';
import { hasPython, startKernel } from './testing/startKernel.js';

const signal = "(globalThis as any)[Symbol.for('jupyter.cellSignal')]";

let kernel: KernelClient;
let sample: Awaited<ReturnType<typeof sampleFolder>>;

/** What the last expression of a cell printed. */
const value = async (code: string) => (await kernel.run(code)).of('execute_result')[0]?.data['text/plain'];

/** Starts a cell and resolves, once it has printed `ready`, with its id. Up to its first await an interrupt ends it in any case. */
async function begun(code: string): Promise<string> {
  const id = await kernel.request('execute', { code });
  await kernel.until(() => kernel.of(id).some(({ content }) => content.text?.includes('ready')));
  return id;
}

describe.skipIf(!hasPython)('the kernel that the committed kernelspec starts', () => {
  beforeAll(async () => {
    sample = await sampleFolder();
    kernel = await startKernel(sample.folder);
  }, 600_000);
  afterAll(async () => {
    await kernel?.close();
    await sample?.remove();
  });

  test('an execution sends busy, its input, its outputs in order, its reply and idle', async () => {
    const { messages, reply } = await kernel.run('console.log("a"); console.error("b"); 1 + 1');
    expect(
      messages.filter(({ channel }) => channel === 'iopub').map(({ type, content }) => [type, content]),
    ).toEqual([
      ['status', { execution_state: 'busy' }],
      ['execute_input', { code: 'console.log("a"); console.error("b"); 1 + 1', execution_count: 1 }],
      ['stream', { name: 'stdout', text: 'a\n' }],
      ['stream', { name: 'stderr', text: 'b\n' }],
      ['execute_result', { execution_count: 1, data: { 'text/plain': '2' }, metadata: {} }],
      ['status', { execution_state: 'idle' }],
    ]);
    expect(reply).toEqual({ status: 'ok', execution_count: 1, payload: [], user_expressions: {} });
    expect((await kernel.run('2', { silent: true })).of('execute_result')).toEqual([]);
    expect((await kernel.run('')).reply.execution_count).toBe(2);
  });

  test('cells that wait are neither busy nor idle; what is asked meanwhile is answered and leaves the kernel busy', async () => {
    const first = await begun(`import { existsSync } from 'node:fs';
console.log('ready');
while (!existsSync('go on')) await new Promise((r) => setTimeout(r, 20));`);
    const second = await kernel.request('execute', { code: '3' });
    const info = await kernel.request('complete', { code: 'conso', cursor_pos: 5 });
    const { messages } = await kernel.answer(info);
    expect(kernel.of(second)).toEqual([]);
    const after = kernel.messages.indexOf(messages.at(-1)!);
    await writeFile(join(sample.folder, 'go on'), '');
    await kernel.answer(second);
    const states = kernel.messages
      .slice(after)
      .filter(({ type }) => type === 'status')
      .map(({ parent, content }) => [parent, content.execution_state]);
    expect(states.filter(([parent]) => parent !== info)).toEqual([
      [first, 'busy'],
      [first, 'idle'],
      [second, 'busy'],
      [second, 'idle'],
    ]);
  });

  test('20,000 lines arrive, and the reply and the next cell after them', async () => {
    const { text } = await kernel.run('for (let i = 0; i < 20_000; i++) console.log("line " + i);');
    const lines = text().split('\n');
    expect(lines).toHaveLength(20_001);
    expect(lines.every((line, i) => line === (i < 20_000 ? `line ${i}` : ''))).toBe(true);
    expect(await value('"still here"')).toBe("'still here'");
  });

  test('names survive a cell that fails, each with its last value', async () => {
    await kernel.run('let count = 1; const word = "old";');
    await kernel.run(
      'const fresh = 5; count = 2; if (count) throw new Error("x"); const word = 7; const unreached = 8;',
    );
    expect(await value('[fresh, count, word.toUpperCase()]')).toBe("[ 5, 2, 'OLD' ]");
    expect((await kernel.run('unreached')).reply.evalue).toBe("Cannot find name 'unreached'.");
  });

  test('an error has the cell, the line as typed, and no frame of the kernel', async () => {
    const { reply, of } = await kernel.run(`interface Gone { a: string }


function fail(depth: number): never {
  if (depth > 0) fail(depth - 1);
  throw new TypeError('bad');
}
await Promise.resolve();
fail(2);`);
    const name = `In[${reply.execution_count}]`;
    const { traceback } = of('error')[0];
    expect(of('error')).toEqual([{ ename: 'TypeError', evalue: 'bad', traceback }]);
    expect(reply).toMatchObject({ status: 'error', ename: 'TypeError', evalue: 'bad', traceback });
    expect(traceback).toEqual([
      'TypeError: bad',
      `${name}, line 6`,
      '  5 |   if (depth > 0) fail(depth - 1);',
      "  6 |   throw new TypeError('bad');",
      '    |         ^',
      `    at fail (${name}:6:9)`,
      `    at fail (${name}:5:18)`,
      `    at fail (${name}:5:18)`,
      `    at ${name}:9:1`,
    ]);
  });

  test('an error of a library names the line of the cell that called it, and the library', async () => {
    const { reply } = await kernel.run("import { fail, scale } from 'sample';\nscale(1) && fail();");
    expect(reply.traceback).toEqual([
      'RangeError: of the library',
      expect.stringMatching(/^In\[\d+\], line 2$/),
      "  1 | import { fail, scale } from 'sample';",
      '  2 | scale(1) && fail();',
      '    |                 ^',
      expect.stringMatching(/^ {4}at exports\.fail \(.*\/node_modules\/sample\/index\.js:1:\d+\)$/),
      expect.stringMatching(/^ {4}at In\[\d+\]:2:17$/),
    ]);
  });

  test('type errors are strict, with source line and caret', async () => {
    const { reply } = await kernel.run(
      'const a = 1;\nconst maybe: string | undefined = [""].find(Boolean);\nmaybe.length;',
    );
    expect(reply).toMatchObject({
      status: 'error',
      ename: 'TS18048',
      evalue: "'maybe' is possibly 'undefined'.",
    });
    expect(reply.traceback).toEqual([
      expect.stringMatching(/^In\[\d+\], line 3, column 1: TS18048: 'maybe' is possibly 'undefined'\.$/),
      '  2 | const maybe: string | undefined = [""].find(Boolean);',
      '  3 | maybe.length;',
      '    | ^^^^^',
    ]);
    expect((await kernel.run('function f(x) { return x; }')).reply.ename).toBe('TS7006');
  });

  test('a failure aborts the cells that wait, and none that is sent after its reply', async () => {
    const ids = ['throw new Error("first")', '"second"', '"third"'].map((code) =>
      kernel.request('execute', { code }),
    );
    const [first, ...rest] = await Promise.all((await Promise.all(ids)).map((id) => kernel.answer(id)));
    expect(first!.reply.status).toBe('error');
    expect(rest.map(({ reply }) => reply)).toEqual([{ status: 'aborted' }, { status: 'aborted' }]);
    expect(rest.flatMap(({ of }) => of('execute_result'))).toEqual([]);
    expect(await value('"fourth"')).toBe("'fourth'");
    const going = await Promise.all([
      kernel.request('execute', { code: 'throw 1', stop_on_error: false }),
      kernel.request('execute', { code: '5' }),
    ]);
    expect((await kernel.answer(going[1])).reply.status).toBe('ok');
  });

  test('rejections that nobody awaits and errors of timers are errors of their cell', async () => {
    const rejected = await kernel.run('void Promise.reject(new Error("alone"));\nconst reached = 1;');
    expect(rejected.of('error')).toHaveLength(1);
    expect(rejected.reply).toMatchObject({ status: 'error', ename: 'Error', evalue: 'alone' });
    expect(await value('reached')).toBe('1');
    const timer = await kernel.run(
      'setTimeout(() => {\n  throw new Error("tick");\n}); await new Promise((r) => setTimeout(r, 50));',
    );
    expect(timer.reply.traceback[1]).toBe(`In[${timer.reply.execution_count}], line 2`);
  });

  test('an error of a cell that has ended belongs to it, and the running cell is told', async () => {
    const first = await kernel.request('execute', { code: 'void setTimeout(() => JSON.parse("{"), 300);' });
    const { reply } = await kernel.answer(first);
    const second = await kernel.run('await new Promise((r) => setTimeout(r, 600));');
    expect(reply.status).toBe('ok');
    expect(kernel.of(first).find(({ type }) => type === 'error')!.content.ename).toBe('SyntaxError');
    expect(second.reply.status).toBe('ok');
    expect(second.text('stderr')).toContain(
      `In[${reply.execution_count}] had ended when this was thrown: SyntaxError`,
    );
    const third = await kernel.request('execute', {
      code: 'void setTimeout(() => { throw new Error("idle"); }, 50);',
    });
    await kernel.until(() => kernel.of(third).some(({ type }) => type === 'error'));
    expect((await kernel.run('1')).text('stderr')).toContain('had ended when this was thrown: Error: idle');
  });

  test('process.exit is an error of the cell, and the kernel lives', async () => {
    expect((await kernel.run('process.exit(1)')).reply).toMatchObject({
      ename: 'ProcessExit',
      status: 'error',
    });
    expect(await kernel.alive()).toBe(true);
  });

  test('interrupt lets a cell that took its signal end by itself, keeps its names and aborts those that wait', async () => {
    const id = await begun(`const s: AbortSignal = ${signal};
await null;
console.log('ready');
let steps = 0;
while (!s.aborted) { steps++; await new Promise((r) => setTimeout(r, 5)); }
await new Promise((r) => setTimeout(r, 300));
const saved = s.reason.name;
saved`);
    const waiting = await kernel.request('execute', { code: '"never"' });
    kernel.interrupt();
    const { reply, of } = await kernel.answer(id);
    expect([reply.status, of('execute_result')[0].data['text/plain']]).toEqual(['ok', "'AbortError'"]);
    expect((await kernel.answer(waiting)).reply.status).toBe('aborted');
    expect(await value('[saved, steps > 0]')).toBe("[ 'AbortError', true ]");
    expect(await value(`${signal}.aborted`)).toBe('false');
  });

  test.each([
    ['whose signal nobody took', 1, ''],
    ['that took its signal and does not end, at the second press', 2, `${signal}; `],
  ])('interrupt ends a cell %s', async (_name, presses, take) => {
    const id = await begun(
      `${take}const begun${presses} = 1; await null; console.log('ready'); await new Promise(() => {});`,
    );
    for (let i = 0; i < presses; i++) {
      if (i > 0) {
        await wait(300);
        expect(kernel.of(id).some(({ type }) => type === 'execute_reply')).toBe(false);
      }
      kernel.interrupt();
    }
    expect((await kernel.answer(id)).reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect(await value(`begun${presses}`)).toBe('1');
  });

  test('output of a synchronous loop is seen while it runs, and interrupt ends it, also after a listener was added, and its names are kept', async () => {
    const id = await begun(
      'process.once("SIGINT", () => {}); let turns = 0; console.log("ready"); while (true) turns++;',
    );
    kernel.interrupt();
    expect((await kernel.answer(id)).reply.ename).toBe('Interrupted');
    expect(await value('typeof turns')).toBe("'number'");
  });

  test('a SIGINT listener of a cell is heard, and the kernel lives on', async () => {
    const id = await begun(`let presses = 0;
const pressed = new Promise<void>((resolve) => process.once('SIGINT', () => { presses++; resolve(); }));
await null;
console.log('ready');
await pressed;
await new Promise((r) => setTimeout(r, 100));
presses`);
    kernel.interrupt();
    expect((await kernel.answer(id)).of('execute_result')[0].data['text/plain']).toBe('1');
    await kernel.run("process.on('SIGINT', () => {});");
    kernel.interrupt();
    await wait(200);
    expect(await kernel.alive()).toBe(true);
    expect(await value('presses')).toBe('1');
  });

  test('it shuts down by itself, with a cell running', async () => {
    const other = await startKernel(sample.folder);
    // Beyond its synchronous part, at whose very end a SIGINT, which Jupyter sends first, finds Node's default handler.
    const code = 'await null; console.log("ready"); await new Promise(() => {});';
    const id = await other.request('execute', { code });
    await other.until(() => other.of(id).some(({ type }) => type === 'stream'));
    expect(await other.shutdown()).toBe(true);
    const { reply } = await other.answer(id);
    expect(reply.ename).toBe('Interrupted');
    await other.close();
  });

  test('it ends when its Jupyter was killed', async () => {
    const other = await startKernel(sample.folder);
    const { text } = await other.run('console.log(process.pid);');
    const lives = () => {
      try {
        return process.kill(Number(text()), 0);
      } catch {
        return false;
      }
    };
    expect(lives()).toBe(true);
    other.crash();
    while (lives()) await wait(100);
  });
});
