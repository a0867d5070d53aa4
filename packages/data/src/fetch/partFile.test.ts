import { spawnSync } from 'node:child_process';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ownerMark } from '@pixelrnn/files';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { describe, expect, it } from 'vitest';
import { claimPart, releasePart } from './partFile.js';

const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
const random = '0123456789ab';

async function folderWith(entry: string, content = 'half'): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, entry), content);
  return folder;
}

describe('claimPart', () => {
  it('gives a new name each time where nothing was left behind', async () => {
    const folder = await temporaryFolder();
    const [one, other] = [await claimPart(folder, 'f'), await claimPart(folder, 'f')];
    expect(one.path).not.toBe(other.path);
    expect([one.resumed, other.resumed]).toEqual([false, false]);
  });

  it('takes over what was given up, once', async () => {
    const folder = await folderWith('f.part');
    const claims = await Promise.all([
      claimPart(folder, 'f'),
      claimPart(folder, 'f'),
      claimPart(folder, 'f'),
    ]);
    const resumed = claims.filter((claim) => claim.resumed);
    expect(resumed).toHaveLength(1);
    expect(await readFile(resumed[0]!.path, 'utf8')).toBe('half');
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('takes over from a process that has ended', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const folder = await folderWith(`f.${host}.${pid}.${random}.part`);
    expect((await claimPart(folder, 'f')).resumed).toBe(true);
  });

  it('takes over from a process that has ended and whose number another one has now', async () => {
    const folder = await folderWith(`f.${host}.${process.ppid}.${random}.${random}.part`);
    expect((await claimPart(folder, 'f')).resumed).toBe(true);
  });

  it.each([
    ['a running process', `f.${host}.${process.pid}.${random}.part`],
    ['this process', `f.${ownerMark()}.part`],
    ['another machine, lately', `f.other-machine.1.${random}.part`],
    ['another file', 'g.part'],
    ['another program', 'f.gz.part'],
  ])('leaves alone the part file of %s', async (_, entry) => {
    const folder = await folderWith(entry);
    expect((await claimPart(folder, 'f')).resumed).toBe(false);
    expect(await readdir(folder)).toEqual([entry]);
  });

  it('takes over from another machine after an hour of rest', async () => {
    const entry = `f.other-machine.1.${random}.part`;
    const folder = await folderWith(entry);
    const twoHoursAgo = Date.now() / 1000 - 7200;
    await utimes(join(folder, entry), twoHoursAgo, twoHoursAgo);
    expect((await claimPart(folder, 'f')).resumed).toBe(true);
  });
});

describe('releasePart', () => {
  it('keeps a part file under the common name and removes an empty one', async () => {
    const folder = await folderWith('mine');
    await releasePart(folder, 'f', join(folder, 'mine'));
    expect(await readdir(folder)).toEqual(['f.part']);
    await writeFile(join(folder, 'empty'), '');
    await releasePart(folder, 'g', join(folder, 'empty'));
    await releasePart(folder, 'g', join(folder, 'never written'));
    expect(await readdir(folder)).toEqual(['f.part']);
  });
});
