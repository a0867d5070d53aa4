import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { Participant, SilenceError } from './participant.js';

const answer = z.object({ n: z.number() });

/** A program that hears lines as `line`. */
function program(onLine: string, first = '') {
  return Participant.start({
    name: 'fake',
    program: process.execPath,
    args: [
      '-e',
      `${first};require('readline').createInterface({input: process.stdin}).on('line', (line) => {${onLine}})`,
    ],
    env: { FAKE: '7' },
  });
}

it('answers one request after the other, and is gone when stopped', async () => {
  const fake = program(
    'console.log(JSON.stringify({n: JSON.parse(line).n * 2}))',
    'console.log(JSON.stringify({n: Number(process.env.FAKE)}))',
  );
  expect(await fake.hear(answer, 60)).toEqual({ n: 7 });
  expect(await fake.ask({ n: 4 }, answer, 60)).toEqual({ n: 8 });
  expect(await fake.ask({ n: 5 }, answer, 60)).toEqual({ n: 10 });
  expect(fake.idleSeconds()).toBeGreaterThanOrEqual(0);
  await fake.stop();
  await fake.stop();
  await expect(fake.ask({ n: 1 }, answer, 60)).rejects.toThrow('fake ended with SIGKILL');
});

it('tells the last words of a program that ends', async () => {
  const fake = program("console.error('one'); console.error('no memory left'); process.exit(3)");
  await expect(fake.ask({}, answer, 60)).rejects.toThrow('fake ended with exit code 3: no memory left');
});

it('tells that a program cannot be started', async () => {
  const fake = Participant.start({ name: 'ghost', program: '/nowhere/ghost', args: [] });
  await expect(fake.hear(answer, 60)).rejects.toThrow('ghost could not start: spawn /nowhere/ghost ENOENT');
  await fake.stop();
});

it('stops a program that is silent', async () => {
  const fake = program('');
  await expect(fake.ask({}, answer, 0.2)).rejects.toThrow(
    new SilenceError('fake did not answer within 0.2 s and was stopped'),
  );
});

it.each([
  ['no JSON', 'hello', '"hello"'],
  ['another answer', '{"m": 1}', 'expected number'],
])('refuses %s', async (_, line, said) => {
  const fake = program(`console.log('${line}')`);
  await expect(fake.ask({}, answer, 60)).rejects.toThrow(said);
});

/** A socket that each process of a family holds as long as it lives: a program, which hears nothing, and a child of it. */
async function family() {
  const path = join(await temporaryFolder(), 'socket');
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => {}))).listen(path);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy(); // ends whoever is left
    server.close();
  });
  const lives = `require('net').connect(${JSON.stringify(path)}).on('close', () => process.exit()).resume()`;
  const child = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(lives)}], {stdio: 'inherit'})`;
  return {
    code: `${lives}; ${child}`,
    living: async () => {
      while (sockets.length < 2) await once(server, 'connection');
    },
    gone: () =>
      Promise.all(
        sockets.map(
          (socket) => socket.resume().closed || new Promise((resolve) => socket.on('close', resolve)),
        ),
      ),
  };
}

it('is stopped with the programs that it has started', async () => {
  const { code, living, gone } = await family();
  const fake = program('', code);
  await living();
  await fake.stop();
  await gone();
});

it('leaves nothing behind when it ends by itself', async () => {
  const { code, living, gone } = await family();
  const fake = program("console.error('no memory left'); process.exit(3)", code);
  await living();
  await expect(fake.ask({}, answer, 60)).rejects.toThrow('fake ended with exit code 3: no memory left');
  await gone();
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP', null] as const)(
  'ends with its programs when the bench ends by %s',
  async (signal) => {
    const { code, living, gone } = await family();
    const command = { name: 'fake', program: process.execPath, args: ['-e', code] };
    const source = `
      import { Participant } from ${JSON.stringify(join(import.meta.dirname, 'participant.ts'))};
      Participant.start(${JSON.stringify(command)});
      process.stdin.on('data', () => process.exit(4));
    `;
    const args = ['--import', 'tsx', '--input-type=module', '-e', source];
    const bench = spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit'] });
    await living();
    const ended = once(bench, 'exit');
    if (signal) bench.kill(signal);
    else bench.stdin.write('exit\n');
    expect(await ended).toEqual(signal ? [null, signal] : [4, null]);
    await gone();
  },
);
