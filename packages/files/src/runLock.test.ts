import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FileError } from './fileError.js';
import { processIdentity } from './processIdentity.js';
import { lockRunFolder, runLockOwner } from './runLock.js';
import { temporaryFolder } from './testing/temporaryFolder.js';
import { writeFileAtomic } from './writeFileAtomic.js';

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  return { ...real, link: vi.fn(real.link) };
});

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const lockOf = (owner: object) =>
  writeFile(join(folder, 'lock.json'), JSON.stringify({ id: 'theirs', host: hostname(), ...owner }));

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version']);
  await once(child, 'close');
  return child.pid as number;
}

describe('lockRunFolder', () => {
  it('refuses a folder that is in use, and gives it back', async () => {
    const lock = await lockRunFolder(folder);
    await expect(lockRunFolder(folder)).rejects.toThrow(
      `${folder} is in use by this process (${process.pid}): wait until its other run ends, or choose another folder.`,
    );
    await expect(lockRunFolder(folder)).rejects.toMatchObject({ code: 'locked' });
    await lock.assertHeld();
    expect(await runLockOwner(folder)).toEqual({ pid: process.pid, host: null });
    await lock.release();
    expect(await runLockOwner(folder)).toBeNull();
    const next = await lockRunFolder(folder);
    await next.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses the folder of another living process, and takes over that of a dead one', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const pid = child.pid as number;
      await lockOf({ pid, started: processIdentity(pid) });
      await expect(lockRunFolder(folder)).rejects.toThrow(`in use by process ${pid}`);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    const lock = await lockRunFolder(folder);
    expect(JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('knows a dead process whose number another one has now', async () => {
    await lockOf({ pid: process.ppid, started: 'long ago' });
    await (await lockRunFolder(folder)).release();
  });

  it('leaves the folder of a process on another machine alone', async () => {
    await lockOf({ pid: 1, started: '', host: 'elsewhere' });
    await expect(lockRunFolder(folder)).rejects.toThrow(
      'in use by process 1 on elsewhere: wait until it ends or choose another --out; if it runs no more, remove lock.json',
    );
  });

  it('takes a torn lock for that of a dead process', async () => {
    await writeFile(join(folder, 'lock.json'), '{"id":');
    await (await lockRunFolder(folder)).release();
  });

  it('is won by one of many that take over a stale lock at once', async () => {
    for (let round = 0; round < 20; round++) {
      await lockOf({ pid: await deadProcess(), started: 'x' });
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockRunFolder(folder)));
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const held = await Promise.allSettled(won.map((lock) => lock.assertHeld()));
      expect(held.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const lock of won) await lock.release();
      await rm(join(folder, 'lock.json'), { force: true });
    }
  });

  it('says who won where the winner, on another machine, took its candidate for a dead process', async () => {
    const real = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
    const sweptBefore = (winner: () => Promise<void>) =>
      vi.mocked(link).mockImplementationOnce(async (candidate, path) => {
        await winner();
        await rm(candidate);
        return real.link(candidate, path);
      });
    sweptBefore(() => lockOf({ pid: 1, started: '', host: 'elsewhere' }));
    await expect(lockRunFolder(folder)).rejects.toThrow('in use by process 1 on elsewhere');
    sweptBefore(() => rm(join(folder, 'lock.json'))); // it has ended already
    await (await lockRunFolder(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('notices that the folder was taken over', async () => {
    const lock = await lockRunFolder(folder);
    await lockOf({ pid: process.ppid, started: processIdentity(process.ppid) });
    await expect(lock.assertHeld()).rejects.toThrow(`in use by process ${process.ppid}`);
    await lock.release();
    expect(await readdir(folder)).toEqual(['lock.json']);
  });

  it('holds while another process has moved its lock aside for a moment, and no longer', async () => {
    const path = join(folder, 'lock.json');
    const lock = await lockRunFolder(folder);
    await rename(path, `${path}.aside`);
    const held = lock.assertHeld();
    await setTimeout(50);
    await rename(`${path}.aside`, path);
    await held;
    await rm(path);
    await expect(lock.assertHeld()).rejects.toThrow(`${folder} is in use by another process`);
  });

  it('removes the temporary files that a killed process left, and nothing else', async () => {
    await mkdir(join(folder, 'checkpoint'));
    const dead = await deadProcess();
    const left = ['metrics.jsonl.7.tmp', 'checkpoint/model.json.7.tmp', `lock.json.${dead}-a.tmp`];
    const kept = ['metrics.jsonl', 'checkpoint/model.json', `lock.json.${process.ppid}-a.tmp`];
    for (const name of [...left, ...kept]) await writeFile(join(folder, name), '');
    await (await lockRunFolder(folder)).release();
    const files = await readdir(folder, { recursive: true });
    expect(files.sort()).toEqual([...kept, 'checkpoint'].sort());
  });
});

describe('lockRunFolder for a task that a scheduler starts again', () => {
  const start = (submission: number, restart: number, task = 'a') => ({ task, submission, restart });

  it('gives the folder to the later start, and ends the earlier one that still runs', async () => {
    const first = await lockRunFolder(folder, start(1, 0));
    await mkdir(join(folder, 'checkpoint'));
    await writeFileAtomic(join(folder, 'checkpoint', 'model.json'), 'first', first);
    const second = await lockRunFolder(folder, start(1, 1));
    await writeFileAtomic(join(folder, 'checkpoint', 'model.json'), 'second', second);
    const late = writeFileAtomic(join(folder, 'checkpoint', 'model.json'), 'late', first);
    await expect(late).rejects.toThrow(
      `${folder} was taken over by restart 1 of submission 1 on ${hostname()}: this one, restart 0 of submission 1 on ${hostname()}, stops and writes nothing more.`,
    );
    await first.release(); // is not its own any more
    expect(await readFile(join(folder, 'checkpoint', 'model.json'), 'utf8')).toBe('second');
    expect(await readdir(join(folder, 'checkpoint'))).toEqual(['model.json']);
    await second.release();
    await expect(first.assertHeld()).rejects.toThrow('was taken over by a later start, which has ended');
  });

  it('looks at the lock after all is written, right before the renaming', async () => {
    const path = join(folder, 'result.json');
    const order: string[] = [];
    const lock = {
      async assertHeld() {
        order.push(...(await readdir(folder)).map((name) => name.replace(/[0-9a-f-]{36}/, 'n')));
        throw new FileError('locked', 'taken over');
      },
    };
    await expect(writeFileAtomic(path, 'x', lock)).rejects.toThrow('taken over');
    expect(order).toEqual(['result.json.n.tmp']);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says that it was taken over where its temporary file was removed for it', async () => {
    const path = join(folder, 'result.json');
    let looks = 0;
    const lock = {
      async assertHeld() {
        if (looks++ > 0) throw new FileError('locked', 'taken over');
        for (const name of await readdir(folder)) await rm(join(folder, name));
      },
    };
    await expect(writeFileAtomic(path, 'x', lock)).rejects.toThrow('taken over');
  });

  it('takes the lock of an earlier start on a machine that is gone, and of no other task', async () => {
    const there = { pid: 1, started: '', host: 'elsewhere' };
    await lockOf({ ...there, start: start(1, 7) });
    await expect(lockRunFolder(folder, start(2, 0, 'b'))).rejects.toThrow('in use by process 1 on elsewhere');
    await expect(lockRunFolder(folder)).rejects.toThrow('in use by process 1 on elsewhere');
    await expect(lockRunFolder(folder, start(1, 7))).rejects.toThrow('in use by process 1 on elsewhere');
    const lock = await lockRunFolder(folder, start(2, 0));
    await lock.assertHeld();
    await lock.release();
  });

  it('refuses an earlier start, even where the later one is dead', async () => {
    await lockOf({ pid: await deadProcess(), started: 'x', start: start(1, 2) });
    await expect(lockRunFolder(folder, start(1, 1))).rejects.toThrow(
      'was taken over by restart 2 of submission 1',
    );
    await (await lockRunFolder(folder, start(1, 3))).release();
  });
});
