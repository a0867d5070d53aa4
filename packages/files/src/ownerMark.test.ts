import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ownerMark, ownerOf } from './ownerMark.js';
import { isRunning, processIdentity } from './processIdentity.js';

const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
const random = '0123456789ab';

describe('ownerOf', () => {
  it('knows the mark of this process, which is another each time', () => {
    const marks = [ownerMark(), ownerMark()];
    expect(marks[0]).not.toBe(marks[1]);
    expect(marks.map(ownerOf)).toEqual(['running', 'running']);
  });

  it('tells a process that has ended, and one whose number another has now', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    expect(ownerOf(`${host}.${pid}.${random}.${random}`)).toBe('ended');
    expect(ownerOf(`${host}.${pid}.${random}`)).toBe('ended');
    // The number of a living process, the start of none.
    expect(ownerOf(`${host}.${process.ppid}.${random}.${random}`)).toBe('ended');
  });

  it('takes a mark without a start for that of whoever has the number', () => {
    expect(ownerOf(`${host}.${process.pid}.${random}`)).toBe('running');
  });

  it('knows nothing of other machines, and no other text', () => {
    expect(ownerOf(`another-machine.1.${random}.${random}`)).toBe('elsewhere');
    expect(['', 'part', `${host}.x.${random}`, `${host}.1.0123`].map(ownerOf)).toEqual(Array(4).fill(null));
  });
});

describe('isRunning', () => {
  it('compares the start where it is known', () => {
    expect(isRunning(process.pid)).toBe(true);
    expect(isRunning(process.pid, processIdentity(process.pid) as string)).toBe(true);
    expect(isRunning(process.pid, 'long ago')).toBe(false);
    expect(isRunning(2 ** 31 - 2)).toBe(false); // above the largest number of any system
  });
});
