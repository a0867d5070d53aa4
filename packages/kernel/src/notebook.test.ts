import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KernelClient } from './testing/kernelClient.js';
import { sampleFolder } from './testing/sampleFolder.js';
import { hasPython, startKernel } from './testing/startKernel.js';

let kernel: KernelClient;
let sample: Awaited<ReturnType<typeof sampleFolder>>;

const result = async (code: string) => (await kernel.run(code)).of('execute_result')[0]?.data;
const ask = async (name: 'complete' | 'inspect', code: string) =>
  (await kernel.answer(await kernel.request(name, { code, cursor_pos: [...code].length }))).reply;

/** What writing a notebook is like: imports, display, help. */
describe.skipIf(!hasPython)('in a notebook', () => {
  beforeAll(async () => {
    sample = await sampleFolder();
    kernel = await startKernel(sample.folder);
  }, 600_000);
  afterAll(async () => {
    await kernel?.close();
    await sample?.remove();
  });

  test('subpaths of a package and files beside the notebook are imported, with their types', async () => {
    const code = "import { word } from 'sample/sub';\nimport { local } from './local';\nword + local";
    expect(await result(code)).toEqual({ 'text/plain': "'from the subpath1'" });
    expect((await kernel.run('word.length.length')).reply.ename).toBe('TS2339');
    expect((await kernel.run("import 'sample/none';\nimport { x } from 'sample/none';")).reply.ename).toBe(
      'TS2307',
    );
  });

  test('an error in a file beside the notebook names the line of the cell', async () => {
    const { reply } = await kernel.run("import { failing } from './local';\nfailing();");
    expect(reply.traceback.slice(0, 4)).toEqual([
      'Error: in a file',
      `In[${reply.execution_count}], line 2`,
      "  1 | import { failing } from './local';",
      '  2 | failing();',
    ]);
    expect(reply.traceback[5]).toMatch(/^ {4}at failing \(.*local\.ts:4:9\)$/);
  });

  test('export is ignored, and lines stay what they are', async () => {
    await kernel.run(
      'export const exported = 1;\nexport function double(x: number) { return 2 * x; }\nexport { exported };',
    );
    expect(await result('double(exported)')).toEqual({ 'text/plain': '2' });
    const { reply } = await kernel.run('export const other = 1;\nexport const wrong: string = other;');
    expect(reply.traceback[0]).toContain('line 2, column 14');
  });

  test('functions, classes and constants are redefined in later cells', async () => {
    await kernel.run('const a = 1; class K { size = 1; }\nenum Side { Left }\nconst { b } = { b: 2 };');
    await kernel.run(
      "const a = 'one'; class K { size = 'big'; }\nenum Side { Right = 5 }\nconst [b] = [true];",
    );
    expect(await result('[a.length, new K().size.length, Side.Right, b === true]')).toEqual({
      'text/plain': '[ 3, 3, 5, true ]',
    });
  });

  test('files beside the notebook come and go, and are found once they are there', async () => {
    const late = () => kernel.run("import { late } from './late';\nlate");
    expect((await late()).reply.ename).toBe('TS2307');
    for (let i = 0; i < 5; i++) {
      await mkdir(join(sample.folder, `folder-${i}`));
      await writeFile(join(sample.folder, `other-${i}.ts`), 'export {};');
      await rm(join(sample.folder, `folder-${i}`), { recursive: true });
    }
    await writeFile(join(sample.folder, 'late.ts'), 'export const late = 42;');
    await vi.waitFor(
      async () => {
        const { reply, text, of } = await late();
        expect([reply.status, text('stderr'), of('execute_result')[0]?.data]).toEqual([
          'ok',
          '',
          { 'text/plain': '42' },
        ]);
      },
      { timeout: 20_000, interval: 300 },
    );
  });

  test('names of earlier cells are written short in objects, and assigned to', async () => {
    await kernel.run("import { word } from 'sample/sub';\nlet short = 1, other = 2;\nclass Kind {}");
    const code = '({ short, other, word, Kind, own: [{ short }] })';
    expect((await result(code))['text/plain'].replace(/\s+/g, ' ')).toBe(
      "{ short: 1, other: 2, word: 'from the subpath', Kind: [class Kind], own: [ { short: 1 } ] }",
    );
    await kernel.run('({ short, other = 7 } = { short: 5 } as { short: number; other?: number });');
    expect(await result('const inner = { short };\n[inner.short, short, other]')).toEqual({
      'text/plain': '[ 5, 5, 7 ]',
    });
  });

  test('a cell is a module that later cells import, and its errors are errors', async () => {
    await kernel.run('/** @module shared */\nexport const shared = 42;');
    expect(await result("import { shared } from './shared';\nshared")).toEqual({ 'text/plain': '42' });
    expect((await kernel.run('/** @module bad */\nexport const x: string = 1;')).reply.ename).toBe('TS2322');
    await kernel.run('/** @module throwing */\nexport function boom() {\n  throw new Error("boom");\n}');
    const { reply } = await kernel.run("import { boom } from './throwing';\nboom();");
    expect(reply.traceback[5]).toMatch(/^ {4}at boom \(.*throwing\.ts:3:9\)$/);
  });

  test('the example of the README shows what it says', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
    const index = fileURLToPath(new URL('../dist/index.js', import.meta.url));
    const { reply, of } = await kernel.run(example.replace("'@pixelrnn/kernel'", JSON.stringify(index)));
    expect(reply.status).toBe('ok');
    const shown = (degrees: number) => ({
      data: { 'text/plain': `${degrees} °C`, 'text/html': `<b>${degrees}</b> °C` },
      metadata: {},
      transient: { display_id: 'now' },
    });
    expect(of('display_data')).toEqual([shown(19)]);
    expect(of('update_display_data')).toEqual([shown(20), shown(21)]);
    expect(of('execute_result')[0].data).toEqual({ 'text/plain': '22 °C', 'text/html': '<b>22</b> °C' });
  });

  test('a library reaches the display without importing anything', async () => {
    const { of } = await kernel.run(`const show = (globalThis as any)[Symbol.for('jupyter.display')];
show({ 'image/png': new Uint8Array([1, 2, 3]), 'application/json': { a: 1 } }, { metadata: { 'image/png': { width: 5 } } });`);
    expect(of('display_data')).toEqual([
      {
        data: {
          'image/png': 'AQID',
          'application/json': { a: 1 },
          'text/plain': '[image/png, application/json]',
        },
        metadata: { 'image/png': { width: 5 } },
        transient: {},
      },
    ]);
  });

  test("values that answer Jupyter.display, and tslab's own display", async () => {
    const own =
      "({ async [Symbol.for('Jupyter.display')]() { return { 'text/markdown': '*x*', 'text/plain': 'x' }; } })";
    expect(await result(own)).toEqual({ 'text/markdown': '*x*', 'text/plain': 'x' });
    const failing = await kernel.run(
      "({ [Symbol.for('Jupyter.display')]() { throw new Error('no ink'); } })",
    );
    expect(failing.text('stderr')).toBe("The displayer 'Jupyter.display' failed: no ink\n");
    expect(failing.reply.status).toBe('ok');
    const { of } = await kernel.run("import { display } from 'tslab';\ndisplay.html('<b>x</b>');");
    expect(of('display_data')[0].data).toEqual({ 'text/html': '<b>x</b>' });
  });

  test('nothing is shown for undefined and null', async () => {
    expect(await result('undefined')).toBeUndefined();
    expect(await result('null')).toBeUndefined();
    expect(await result('0')).toEqual({ 'text/plain': '0' });
  });

  test('Tab completes members, names of earlier cells, packages and their subpaths', async () => {
    await kernel.run('const completed = { alpha: 1, beta: 2 };');
    expect((await ask('complete', 'completed.')).matches).toEqual(['alpha', 'beta']);
    expect(await ask('complete', "'😀'; compl")).toMatchObject({
      matches: ['completed'],
      cursor_start: 5,
      cursor_end: 10,
    });
    expect(await ask('complete', "import {} from 'sam")).toMatchObject({
      matches: ['sample'],
      cursor_start: 16,
      cursor_end: 19,
    });
    expect((await ask('complete', "import {} from 'sample/")).matches).toContain('sub');
    expect((await ask('complete', "import {} from './lo")).matches).toEqual(['local']);
    expect((await ask('complete', "import {} from 'node:fs")).matches).toContain('node:fs');
  });

  test.each(['scale', 'scale(', 'scale(1, ', 'scale(Math.max(1, 2), '])(
    'Shift+Tab after %j describes the function',
    async (code) => {
      await kernel.run("import { scale } from 'sample';");
      const { found, data } = await ask('inspect', code);
      expect(found).toBe(true);
      expect(data['text/plain']).toMatch(/scale\(value: number, by\?: number(?: \| undefined)?\): number/);
      expect(data['text/plain']).toContain(
        'Scales a value, see fail.\n\n@param by how much\n@throws Overflow when it is too large',
      );
      expect(data['text/markdown']).toMatch(/^```typescript\n/);
    },
  );

  test('where there is nothing to say, Shift+Tab finds nothing', async () => {
    expect(await ask('inspect', '1 + ')).toMatchObject({ status: 'ok', found: false });
  });

  test('what kernel this is', async () => {
    const { reply } = await kernel.answer(await kernel.request('kernel_info'));
    expect(reply).toMatchObject({
      status: 'ok',
      implementation: 'tslab',
      language_info: { name: 'typescript', version: '5.0.4', file_extension: '.ts' },
    });
  });
});
