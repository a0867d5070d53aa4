import { expect, it } from 'vitest';
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
