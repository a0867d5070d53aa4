import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { experiments, findExperiment } from '@pixelrnn/experiments';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { execute } from '../generation/command.js';
// @ts-expect-error: a plain script, with JSDoc types only
import { findPython } from '../venv.mjs';
import { differences } from './compare.js';
import {
  complaints,
  joined,
  type Notebook,
  type Output,
  readNotebook,
  reproducible,
} from './notebookFile.js';
import { notebooksCommand } from './notebooksCommand.js';
import { skeleton } from './skeleton.js';

const metadata = { kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' } };
const stdout = (text: string | string[]): Output => ({ output_type: 'stream', name: 'stdout', text });
const picture = (png: string, words = 'Image: 1 x 1 pixels'): Output => ({
  output_type: 'display_data',
  data: { 'image/png': png, 'text/plain': words },
  metadata: {},
});
const notebookOf = (...cells: { source?: string; outputs?: Output[] }[]): Notebook => ({
  cells: cells.map(({ source = '', outputs = [] }, i) => ({
    cell_type: 'code',
    id: `cell-${i}`,
    metadata: {},
    source,
    outputs,
    execution_count: null,
  })),
  metadata,
  nbformat: 4,
  nbformat_minor: 5,
});

describe('what two executions have alike', () => {
  it('is all but progress lines, the parts of a stream and times of cells', () => {
    const progress = { ...picture('x'), metadata: { progress: true } };
    const one = notebookOf({ outputs: [stdout('a\nb'), progress, stdout(['c\n', 'd'])] });
    one.cells[0]!.metadata = { execution: { 'iopub.execute_input': '2026' }, tags: ['kept'] };
    const [cell] = reproducible(one).cells;
    expect(cell).toMatchObject({ metadata: { tags: ['kept'] }, outputs: [stdout(['a\n', 'bc\n', 'd'])] });
    expect(cell?.metadata).not.toHaveProperty('execution');
    expect(one.cells[0]!.outputs).toHaveLength(3);
  });

  it('keeps streams apart that differ, or that a picture parts', () => {
    const outputs = [stdout('a'), { ...stdout('b'), name: 'stderr' }, stdout('c'), picture('x'), stdout('d')];
    expect(reproducible(notebookOf({ outputs })).cells[0]!.outputs).toEqual(outputs);
  });
});

it('errors and words on stderr are complaints, with the cell that they are of', () => {
  const error: Output = { output_type: 'error', ename: 'TypeError', evalue: 'no model' };
  const notebook = notebookOf(
    { outputs: [stdout('fine')] },
    { outputs: [error, { ...stdout('late\n'), name: 'stderr' }] },
  );
  expect(complaints(notebook)).toEqual(['cell 2: TypeError: no model', 'cell 2 wrote on stderr: late']);
});

describe('differences', () => {
  const fresh = notebookOf({ outputs: [stdout('one\n114.36 nats\n'), picture('abc')] }, { outputs: [] });

  it('are none between what differs in form alone', () => {
    const committed = notebookOf({ outputs: [stdout(['one\n', '114.36 nats\n']), picture('abc\n')] }, {});
    expect(differences(committed, fresh)).toEqual([]);
  });

  it.each([
    [
      [stdout('one\n115.81 nats\n'), picture('abc')],
      "cell 1: '115.81 nats' is committed, a fresh run has '114.36 nats'",
    ],
    [[stdout('one\n114.36 nats\nmore\n'), picture('abc')], "cell 1: 'more' is committed, a fresh run has ''"],
    [[stdout('one\n114.36 nats\n'), picture('abd')], 'cell 1: image/png differs'],
    [[stdout('one\n114.36 nats\n')], 'cell 1: 1 outputs are committed, a fresh run has 2'],
    [
      [stdout('one\n114.36 nats\n'), { ...picture('abc'), data: { 'text/plain': 'Image: 1 x 1 pixels' } }],
      'cell 1: image/png came',
    ],
  ])('%#: name the cell and the first line', (outputs, line) => {
    expect(differences(notebookOf({ outputs }, {}), fresh)).toEqual([line]);
  });
});

it.each(experiments.map((experiment) => [experiment.id, experiment] as const))(
  'the skeleton of %s has its parts, short lines and no any',
  (id, experiment) => {
    const { cells } = skeleton(experiment);
    const text = cells.map(({ source }) => (source as string[]).join('')).join('\n');
    for (const part of ['# ', '## Committed results', '## A small run', '## Change this and see']) {
      expect(text).toContain(part);
    }
    expect(text).toContain(`findExperiment('${id}')`);
    const code = cells.filter(({ cell_type }) => cell_type === 'code');
    const lines = code.flatMap(({ source }) => (source as string[]).join('').split('\n'));
    expect(lines.filter((line) => line.length > 100 || /\bany\b/.test(line))).toEqual([]);
    expect(code.every(({ outputs }) => outputs?.length === 0)).toBe(true);
  },
);

describe('the cells of a skeleton', () => {
  const codeOf = (id: string) =>
    skeleton(findExperiment(id))
      .cells.filter(({ cell_type }) => cell_type === 'code')
      .map(({ source }) => joined(source))
      .join('\n');

  it.each(experiments.map(({ id }) => [id]))(
    '%s trains a row that there is, and uses all it imports',
    (id) => {
      const code = codeOf(id);
      const [, of = '', row] = /buildRow\((\w+), '(.*?)'/.exec(code) ?? [];
      const [, trained = ''] = new RegExp(`const ${of} = findExperiment\\('(.*?)'\\)`).exec(code) ?? [];
      expect(findExperiment(trained).rows.find(({ name }) => name === row)).toHaveProperty('model');
      const [, names = ''] = /import \{([^}]*)\} from '@pixelrnn\/notebook'/.exec(code) ?? [];
      const imported = names.split(',').flatMap((name) => name.trim() || []);
      expect(imported.length).toBeGreaterThan(9);
      for (const name of imported)
        expect(code.split(new RegExp(`\\b${name}\\(|\\b${name},`)).length, name).toBeGreaterThan(2);
    },
  );

  it.each([
    ['completions', 'table4', 'nats'],
    ['blind-spot', 'table4', 'nats'],
    ['softmax-distributions', 'table5', 'bits/dim'],
    ['discrete-vs-continuous', 'table5', 'bits/dim'],
  ])('%s, which trains nothing, takes weights and a row of %s', (id, table, unit) => {
    const code = codeOf(id);
    expect(code).toContain(`const ${table} = findExperiment('${table}');`);
    expect(code).toContain(`const data = await liveData(${table});`);
    expect(code).toContain(`const [best] = (await committedResults(${table})).pretrained;`);
    expect(code).toContain(`const row = buildRow(${table}, 'pixelcnn', data.train);`);
    expect(code).toContain(`{ unit: '${unit}' }`);
  });

  it('show the pictures of an experiment without rows, and no table', () => {
    expect(codeOf('blind-spot')).toContain('join(resultsFolder, experiment.id)');
    expect(codeOf('blind-spot')).not.toContain('DataFrame');
    expect(codeOf('completions')).toContain('new DataFrame(committed.rows)');
  });

  it('draw from an auto-encoder by its parts, and from a conditional model by class', () => {
    const code = codeOf('autoencoder');
    expect(code).toContain('const { encoder, decoder } = viewsOf(model);');
    expect(code).toContain("committed.pretrained.find((name) => name.includes('/pixelcnn-'))");
    expect(code).toContain('await reconstructed(row.model)');
    expect(code).not.toMatch(/generate\((trained|row\.model)/);
    for (const id of ['conditional', 'conditional-cifar10']) {
      expect(codeOf(id)).toContain('generate(trained, { count: 16, seed: 1, condition })');
    }
    expect(codeOf('table4')).not.toMatch(/condition\b|viewsOf/);
  });
});

describe('pnpm notebooks', () => {
  let place: string;
  const said: string[] = [];
  const run = (...args: string[]) =>
    execute('notebooks', notebooksCommand(new AbortController().signal, place), args);
  const put = (name: string, notebook: Notebook) => writeFile(join(place, name), JSON.stringify(notebook));

  beforeEach(async () => {
    place = await temporaryFolder();
    said.length = 0;
    for (const stream of ['log', 'error'] as const) {
      vi.spyOn(console, stream).mockImplementation((line) => void said.push(String(line)));
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('new starts a notebook, of an experiment by its name or as told, and replaces none', async () => {
    expect(await run('new', 'table5')).toBe(0);
    expect(await readFile(join(place, 'table5.ipynb'), 'utf8')).toContain("findExperiment('table5')");
    expect(await run('new', 'scratch/idea', '--experiment', 'table2')).toBe(0);
    expect(await readNotebook(join(place, 'scratch/idea.ipynb'))).toMatchObject({ nbformat: 4 });
    expect(await run('new', 'table5')).toBe(2);
    expect(said.at(-1)).toContain('is there already');
    expect(await run('new', 'other', '--experiment', 'table9')).toBe(2);
    expect(said.at(-1)).toContain('expected one of table4, table5');
  });

  it('names the notebooks that there are', async () => {
    await put('one.ipynb', notebookOf({}));
    expect(await run('run', 'two')).toBe(2);
    expect(said.at(-1)).toContain('There is no two.ipynb: expected one of one.ipynb');
  });

  it.each(['', 'scratch/', '.', '.ipynb', '..', '../x', 'scratch/../../x', '/tmp/x'])(
    'new %j is wrong usage',
    async (name) => {
      expect(await run('new', name)).toBe(2);
      expect(said.at(-1)).toContain('expected a name such as table7 or scratch/idea');
      expect(await readdir(place)).toEqual([]);
    },
  );

  it('a place where a notebook cannot be written is refused in a sentence', async () => {
    await put('one.ipynb', notebookOf({}));
    expect(await run('new', 'one.ipynb/x')).toBe(1);
    expect(said.at(-1)).toMatch(/one\.ipynb should be a folder to write into, .* Give another place\.$/);
    expect(await run('run', '--out', join(place, 'one.ipynb'))).toBe(1);
    expect(said.at(-1)).toMatch(/one\.ipynb should be a folder to write into, .* Give another place\.$/);
  });

  it('--out begins where the user stands, and is made first; what lies outside is no notebook', async () => {
    vi.stubEnv('npm_lifecycle_event', 'notebooks');
    vi.stubEnv('INIT_CWD', join(place, 'elsewhere'));
    await writeFile(join(place, 'bad.ipynb'), 'no json');
    expect(await run('run', 'bad', '--out', 'there/deep')).toBe(1);
    expect(said.at(-1)).toBe(
      `pnpm notebooks: ${join(place, 'bad.ipynb')} should be a notebook of format 4, but it is not: put the file back.`,
    );
    expect(await readdir(join(place, 'elsewhere/there/deep'))).toEqual([]);
    vi.stubEnv('HOME', place);
    expect(await run('run', 'bad', '--out', '~/home')).toBe(1);
    expect(await readdir(join(place, 'home'))).toEqual([]);
    await mkdir(join(place, 'inner'));
    const inner = notebooksCommand(new AbortController().signal, join(place, 'inner'));
    expect(await execute('notebooks', inner, ['run', '../bad'])).toBe(2);
    expect(said.at(-1)).toContain('There is no ../bad.ipynb');
  });

  it('a file that is no notebook is refused in a sentence', async () => {
    await writeFile(join(place, 'torn.ipynb'), '{"cells": [');
    expect(await run('check', 'torn')).toBe(1);
    expect(said.join('\n')).toContain('should be a notebook of format 4');
  });

  it.skipIf(!findPython())(
    'run executes with the real kernel, and a failure leaves the file as it was',
    async () => {
      await put('good.ipynb', notebookOf({ source: "console.log('counted', 6 * 7);" }));
      await put(
        'bad.ipynb',
        notebookOf({ source: 'const n: number = 1;' }, { source: "throw new Error('no ink');" }),
      );
      await put('late.ipynb', notebookOf({ source: "console.error('watch out');" }));
      const before = await readFile(join(place, 'bad.ipynb'), 'utf8');
      expect(await run('run')).toBe(1);
      const text = said.join('\n');
      expect(text).toContain('no ink');
      expect(text).toContain('late.ipynb: cell 1 wrote on stderr: watch out');
      expect(await readFile(join(place, 'bad.ipynb'), 'utf8')).toBe(before);
      const { cells } = await readNotebook(join(place, 'good.ipynb'));
      expect(cells[0]).toMatchObject({ execution_count: 1, outputs: [stdout(['counted 42\n'])] });
      expect(await run('check', 'good')).toBe(0);
      await put('good.ipynb', notebookOf({ source: 'console.log(6 * 7);', outputs: [stdout('41\n')] }));
      expect(await run('check', 'good')).toBe(1);
      expect(said.at(-1)).toContain("cell 1: '41' is committed, a fresh run has '42'");
    },
    300_000,
  );
});
