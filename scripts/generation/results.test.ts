import { existsSync } from 'node:fs';
import { lstat, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EngineError } from '@pixelrnn/engine';
import { suiteFolder } from '@pixelrnn/files/testing';
import { imageGrid } from '@pixelrnn/plots';
import { Command } from 'commander';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CommandError, execute, UsageError } from './command.js';
import { run, saveModel, shape, sizeOf } from './testing/commands.js';

const folder = suiteFolder();
const at = (name: string) => join(folder, name);
const model = at('model');
beforeAll(() => saveModel(model));

describe('where results go', () => {
  const picture = async (name: string) => {
    await writeFile(
      at(name),
      await imageGrid({ ...shape, images: new Uint8Array(784), count: 1, scale: 1, gap: 0 }),
    );
    return at(name);
  };

  it('is made, of folders that are not there yet, by every command', async () => {
    const [given, made] = [await picture('one.png'), at('made')];
    const outs = ['a/b/x.png', 'c/order.gif', 'd/x.png', 'e/x.pxr', 'f/x.png', 'g/h'].map((to) =>
      join(made, to),
    );
    const [grid, order, completed, file, back, all] = outs as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    for (const args of [
      ['sample', model, '--count', '1', '--out', grid, '--order', order],
      ['complete', model, '--images', given, '--out', completed],
      ['compress', model, '--images', given, '--out', file],
      ['decompress', model, file, '--out', back],
      ['decompress', model, file, '--out', all],
    ] as [string, ...string[]][]) {
      expect(await run(...args)).toMatchObject({ status: 0, stderr: '' });
    }
    for (const out of outs) expect(existsSync(out), out).toBe(true);
    expect(await readdir(dirname(file))).toEqual(['x.pxr']);
  });

  it('is looked at before the model does anything', async () => {
    const given = await picture('one.png');
    const below = join(given, 'x.png');
    const calls: [string, ...string[]][] = [
      ['sample', model, '--out', below],
      ['sample', model, '--out', given.replace('one.png', 'model/model.json')], // as a folder
      ['sample', model, '--out', at('fine.png'), '--order', below],
      ['complete', model, '--images', given, '--out', below],
      ['compress', model, '--images', given, '--out', below],
      ['compress', model, '--images', given, '--out', folder],
      ['decompress', model, given, '--out', below], // which is no compressed file
    ];
    for (const args of calls) {
      const { status, stderr } = await run(...args);
      expect(stderr, args.join(' ')).toMatch(/^pnpm \w+: Cannot write \/.*\. Give another place\.\n$/);
      expect(status).toBe(1);
    }
    expect(existsSync(at('fine.png'))).toBe(false);
  });

  it('may be a link, which stays one', async () => {
    const [to, link] = [at('linked.png'), at('link.png')];
    await writeFile(to, 'before');
    await symlink(to, link);
    expect(await run('sample', model, '--count', '1', '--out', link)).toMatchObject({ status: 0 });
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await sizeOf(to)).toEqual([60, 60, 1]);
  });
});

it.each([
  [new UsageError('no'), 2],
  [new CommandError('no'), 1],
  [new EngineError('no', { usage: true }), 2], // such as PIXELRNN_ENGINE=foo
  [new EngineError('no'), 1],
])('%o ends a command with %i', async (error, code) => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const failing = new Command().action(() => Promise.reject(error));
  expect(await execute('sample', failing, [])).toBe(code);
  expect(said).toHaveBeenCalledWith('pnpm sample: no');
  said.mockRestore();
});
