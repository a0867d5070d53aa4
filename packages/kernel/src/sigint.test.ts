import { spawnSync } from 'node:child_process';
import { runInThisContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { Sigint } from './sigint.js';

const listeners = process.listeners('SIGINT');
let presses: boolean[] = [];
const begin = () => {
  presses = [];
  return new Sigint((heeded) => presses.push(heeded));
};

afterEach(() => {
  process.removeAllListeners('SIGINT');
  for (const listener of listeners) process.on('SIGINT', listener);
});

test('a listener of a cell is told apart from those that were there before, also one that goes as it is called', () => {
  const sigint = begin();
  process.emit('SIGINT');
  sigint.cellBegins();
  let heard = 0;
  process.once('SIGINT', () => {
    heard++;
  });
  sigint.synchronousPartEnded();
  process.emit('SIGINT');
  process.emit('SIGINT');
  expect(presses).toEqual([false, true, false]);
  expect(heard).toBe(1);
});

test('listeners of the synchronous part are added after it, if they were not taken off', () => {
  const sigint = begin();
  const before = process.listenerCount('SIGINT');
  sigint.cellBegins();
  const heard: string[] = [];
  const gone = () => heard.push('gone');
  process.on('SIGINT', gone);
  process.off('SIGINT', gone);
  process.on('SIGINT', () => heard.push('last')).prependListener('SIGINT', () => heard.push('first'));
  process.on('exit', gone).off('exit', gone);
  expect([process.listenerCount('SIGINT'), process.listenerCount('exit')]).toEqual([
    before,
    process.listenerCount('exit'),
  ]);
  sigint.synchronousPartEnded();
  process.emit('SIGINT');
  expect([process.listenerCount('SIGINT') - before, ...heard]).toEqual([2, 'first', 'last']);
  expect(Object.hasOwn(process, 'on')).toBe(false);
});

test("each press is heard once, although Node's guard puts all listeners aside and on again", () => {
  const sigint = begin();
  let old = 0;
  process.on('SIGINT', () => {
    old++;
  });
  for (let cell = 1; cell <= 2; cell++) {
    sigint.cellBegins();
    runInThisContext('1', { breakOnSigint: true });
    sigint.synchronousPartEnded();
    process.emit('SIGINT');
    expect([presses.length, old]).toEqual([cell, cell]);
  }
  expect(presses).toEqual([false, false]);
});

test('the kernel keeps hearing it when a cell takes all listeners off', () => {
  const sigint = begin();
  process.removeAllListeners('SIGINT');
  sigint.synchronousPartEnded();
  process.emit('SIGINT');
  process.removeAllListeners('SIGINT');
  sigint.cellBegins();
  sigint.synchronousPartEnded();
  process.emit('SIGINT');
  expect(presses).toEqual([false, false]);
});

test('Node dies of a listener added under its guard, and not of one added after it', () => {
  const program = (held: boolean) => `
    process.on('SIGINT', () => {});
    globalThis.add = () => process.on('SIGINT', () => {});
    require('node:vm').runInThisContext('${held ? '' : 'add()'}', { breakOnSigint: true });
    ${held ? 'add();' : ''}
    setTimeout(() => process.kill(process.pid, 'SIGINT'), 50);
    setTimeout(() => process.exit(0), 150);`;
  const ends = [false, true].map((held) => spawnSync(process.execPath, ['-e', program(held)]).signal);
  expect(ends).toEqual(['SIGINT', null]);
});
