import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, it, onTestFinished } from 'vitest';
import { noise } from '../testing/archives.js';
import { fakeServer, type Handler, whole } from '../testing/fakeServer.js';
import { specOf } from '../testing/samples.js';

const content = noise(400_000);
const half = content.length / 2;
const { sha256 } = specOf('f', content);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const script = fileURLToPath(new URL('../testing/fetchFile.ts', import.meta.url));

function start(url: string, folder: string): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@pixelrnn/source',
      '--import',
      'tsx',
      script,
      url,
      folder,
      'f',
      String(content.length),
      sha256,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Sends the first half of what is asked for and then nothing, with the connection open. */
const halfThenNothing: Handler = (_request, response) => {
  response.setHeader('content-length', content.length);
  response.write(content.subarray(0, half));
};

it('leaves a part file when it is interrupted, from which the next process goes on', async () => {
  const { url, ranges } = await fakeServer(halfThenNothing, whole(content));
  const folder = await temporaryFolder();
  const first = start(url, folder);
  for await (const line of first.stdout!) if (String(line).split('\n').includes(String(half))) break;
  first.kill('SIGINT');
  expect(await once(first, 'exit')).toEqual([null, 'SIGINT']);
  const [part] = await readdir(folder);
  expect(part).toMatch(/^f\..*\.part$/);
  expect(await readFile(join(folder, part!))).toHaveLength(half);

  const second = start(url, folder);
  expect(await once(second, 'exit')).toEqual([0, null]);
  expect(ranges).toEqual([undefined, `bytes=${half}-`]);
  expect(await readdir(folder)).toEqual(['f']);
  expect(Buffer.compare(await readFile(join(folder, 'f')), content)).toBe(0);
});

it('fetches whole files in two processes at once', async () => {
  const { url } = await fakeServer(whole(content));
  const folder = await temporaryFolder();
  const both = [start(url, folder), start(url, folder)];
  for (const child of both) child.stdout!.resume();
  expect(await Promise.all(both.map((child) => once(child, 'exit')))).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(await readdir(folder)).toEqual(['f']);
  expect(Buffer.compare(await readFile(join(folder, 'f')), content)).toBe(0);
});
