import { once } from 'node:events';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataProgress } from '../progress.js';
import { Arrived, cutAfter, fakeServer, status, whole, withoutRanges } from '../testing/fakeServer.js';
import { dataErrorOf, specOf } from '../testing/samples.js';
import { type DownloadOptions, download } from './download.js';

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 253);
const half = content.length / 2;

function start(url: string, folder: string, options: Partial<DownloadOptions> = {}): Promise<string> {
  const file = { ...specOf('f', content), url };
  return download({ file, folder, attempts: 3, pauseMilliseconds: 1, stallMilliseconds: 5000, ...options });
}

async function expectWhole(folder: string): Promise<void> {
  expect(await readdir(folder)).toEqual(['f']);
  expect(Buffer.compare(await readFile(join(folder, 'f')), content)).toBe(0);
}

describe('download', () => {
  it('fetches a file into a folder that it makes, and reports progress', async () => {
    const { url, ranges } = await fakeServer(whole(content));
    const folder = join(await temporaryFolder(), 'new', 'folder');
    const progress: DataProgress[] = [];
    expect(await start(url, folder, { onProgress: (step) => progress.push(step) })).toBe(join(folder, 'f'));
    await expectWhole(folder);
    expect(ranges).toEqual([undefined]);
    expect(progress[0]).toEqual({ stage: 'download', file: 'f', bytes: 0, total: content.length });
    expect(progress.at(-1)!.bytes).toBe(content.length);
  });

  it('goes on where the connection broke', async () => {
    const arrived = new Arrived();
    const { url, ranges } = await fakeServer(
      cutAfter(content, half, arrived),
      cutAfter(content, 1000, arrived),
      whole(content),
    );
    const folder = await temporaryFolder();
    await start(url, folder, { onProgress: arrived.onProgress });
    await expectWhole(folder);
    expect(ranges).toEqual([undefined, `bytes=${half}-`, `bytes=${half + 1000}-`]);
  });

  it('goes on where an earlier run ended', async () => {
    const arrived = new Arrived();
    const { url, ranges } = await fakeServer(cutAfter(content, half, arrived), whole(content));
    const folder = await temporaryFolder();
    const { onProgress } = arrived;
    expect((await dataErrorOf(() => start(url, folder, { attempts: 1, onProgress }))).code).toBe('network');
    expect(await readdir(folder)).toEqual(['f.part']);
    await start(url, folder);
    await expectWhole(folder);
    expect(ranges).toEqual([undefined, `bytes=${half}-`]);
  });

  it('asks for nothing where an earlier run fetched all but did not come to rename it', async () => {
    const { url, ranges } = await fakeServer(status(500));
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'f.part'), content);
    await start(url, folder);
    await expectWhole(folder);
    expect(ranges).toEqual([]);
  });

  it('starts over where the server ignores ranges', async () => {
    const arrived = new Arrived();
    const { url, ranges } = await fakeServer(cutAfter(content, half, arrived), withoutRanges(content));
    const folder = await temporaryFolder();
    await start(url, folder, { onProgress: arrived.onProgress });
    await expectWhole(folder);
    expect(ranges).toEqual([undefined, `bytes=${half}-`]);
  });

  it.each([
    ['another range than asked for', 206, 'bytes 5-9/10'],
    ['no range at all', 206, undefined],
    ['that the range cannot be had', 416, 'bytes */200000'],
  ])('starts over where the server answers with %s', async (_, code, range) => {
    const { url, ranges } = await fakeServer((_request, response) => {
      response.writeHead(code, range ? { 'content-range': range } : {}).end('12345');
    }, whole(content));
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'f.part'), content.subarray(0, 10));
    await start(url, folder);
    await expectWhole(folder);
    expect(ranges).toEqual(['bytes=10-', undefined]);
  });

  it('starts over where the earlier content is wrong, and where it is too long', async () => {
    for (const earlier of [new Uint8Array(half).fill(9), new Uint8Array(2 * content.length)]) {
      const { url, ranges } = await fakeServer(whole(content));
      const folder = await temporaryFolder();
      await writeFile(join(folder, 'f.part'), earlier);
      await start(url, folder);
      await expectWhole(folder);
      expect(ranges.at(-1)).toBeUndefined();
    }
  });

  it('tries again after a failure of the server', async () => {
    const { url } = await fakeServer(status(503), status(500), whole(content));
    const folder = await temporaryFolder();
    await start(url, folder);
    await expectWhole(folder);
  });

  it('ends at a signal, and resumes later', async () => {
    const stuck = await fakeServer((_request, response) => {
      response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, half));
    });
    const folder = await temporaryFolder();
    const controller = new AbortController();
    const reason = Object.assign(new Error('enough'), { code: 'interrupted' });
    const onProgress = ({ bytes }: DataProgress) => void (bytes >= half && controller.abort(reason));
    const options = { signal: controller.signal, onProgress };
    await expect(start(stuck.url, folder, options)).rejects.toBe(reason);
    expect(stuck.ranges).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['f.part']);
    const { url, ranges } = await fakeServer(whole(content));
    await start(url, folder);
    await expectWhole(folder);
    expect(ranges).toEqual([`bytes=${half}-`]);
  });

  it("ends at the interrupt of a notebook's cell, between two attempts too", async () => {
    const key = Symbol.for('jupyter.cellSignal');
    const controller = new AbortController();
    Object.defineProperty(globalThis, key, { configurable: true, value: controller.signal });
    onTestFinished(() => void Reflect.deleteProperty(globalThis, key));
    const { url, ranges } = await fakeServer((request, response) => {
      status(503)(request, response);
      setTimeout(() => controller.abort(new Error('interrupted')), 50);
    });
    const folder = await temporaryFolder();
    await expect(start(url, folder, { pauseMilliseconds: 100_000 })).rejects.toThrow('interrupted');
    expect(ranges).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets two fetch the same file at once', async () => {
    const { url } = await fakeServer(whole(content));
    const folder = await temporaryFolder();
    await Promise.all([start(url, folder), start(url, folder), start(url, folder)]);
    await expectWhole(folder);
  });
});

describe('bad input', () => {
  it.each([
    ['a missing file', status(404), 1, 'the server answered with status 404'],
    ['a broken server', status(500), 3, 'the server answered with status 500'],
    ['an empty answer', status(204), 1, 'the server answered with status 204'],
    ['a file of another size', whole(content.subarray(1)), 1, 'the server offered a file of 199999 bytes'],
    [
      'a login page',
      (_request, response) => response.setHeader('content-type', 'text/html').end('<html>'),
      1,
      'a web page came instead of the file',
    ],
    [
      'a stream longer than the file',
      (_request, response) => response.write(content, () => response.end(content)),
      1,
      'the server sent more than 200000 bytes',
    ],
  ] as [string, Parameters<typeof fakeServer>[0], number, string][])(
    'leaves nothing after %s',
    async (_, handler, requests, reason) => {
      const { url, ranges } = await fakeServer(handler);
      const folder = await temporaryFolder();
      const error = await dataErrorOf(() => start(url, folder));
      expect(error.code).toBe('network');
      expect(error.message).toBe(
        `f (200000 bytes) should come from ${url}, but ${reason}: check the connection and run again ` +
          `(what was fetched is resumed), or put the file into ${folder}.`,
      );
      expect(ranges).toHaveLength(requests);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('says so when a stream ends early without a word', async () => {
    const { url } = await fakeServer((_request, response) => {
      response.write(content.subarray(0, 10), () => response.end());
    });
    const folder = await temporaryFolder();
    const error = await dataErrorOf(() => start(url, folder, { attempts: 1 }));
    expect(error.code).toBe('network');
    expect(error.message).toContain('but the connection ended after 10 bytes: check');
  });

  it('removes a file of another content, also of an earlier run', async () => {
    const other = content.slice().fill(1, half);
    for (const earlier of [undefined, content.subarray(0, 100)]) {
      const { url } = await fakeServer(whole(other));
      const folder = await temporaryFolder();
      if (earlier) await writeFile(join(folder, 'f.part'), earlier);
      const error = await dataErrorOf(() => start(url, folder));
      expect(error.code).toBe('checksum');
      expect(error.message).toContain(specOf('', content).sha256);
      expect(error.message).toContain(specOf('', other).sha256);
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('gives up a connection that stalls, before or amid the content', async () => {
    const silent = await fakeServer(() => {});
    const stuck = await fakeServer((_request, response) => {
      response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 1000));
    });
    for (const [{ url, ranges }, left] of [
      [silent, []],
      [stuck, ['f.part']],
    ] as const) {
      const folder = await temporaryFolder();
      const error = await dataErrorOf(() => start(url, folder, { stallMilliseconds: 200, attempts: 2 }));
      expect(error.code).toBe('network');
      expect(error.message).toContain('nothing came for 0.2 s');
      expect(ranges).toHaveLength(2);
      expect(await readdir(folder)).toEqual(left);
    }
  });

  it('says so when nobody answers at the address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const folder = await temporaryFolder();
    const error = await dataErrorOf(() => start(`http://127.0.0.1:${port}/`, folder));
    expect(error.code).toBe('network');
    expect(error.message).toContain('but the connection failed (ECONNREFUSED): check the connection');
    expect(await readdir(folder)).toEqual([]);
  });

  it('says so when the folder cannot be made or written', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    const { url, ranges } = await fakeServer(whole(content));
    const error = await dataErrorOf(() => start(url, join(folder, 'file', 'data')));
    expect(error.code).toBe('unwritable');
    expect(error.message).toContain('ENOTDIR');
    expect(ranges).toEqual([]);
  });

  it('says so when the folder is read-only', async () => {
    const folder = await temporaryFolder();
    const { url } = await fakeServer(whole(content));
    const denied = Object.assign(new Error('denied'), { code: 'EROFS' });
    const error = await dataErrorOf(() => start(url, folder, { openFile: () => Promise.reject(denied) }));
    expect(error.code).toBe('unwritable');
    expect(error.message).toBe(
      `f should be written into ${folder}, but that gave EROFS: make the folder writable or choose another data folder (PIXELRNN_DATA_DIR).`,
    );
  });

  it('says so when the disk is full, and resumes once there is space', async () => {
    const folder = await temporaryFolder();
    const { url, ranges } = await fakeServer(whole(content));
    const openFile: typeof open = async (...parameters) => {
      const handle = await open(...parameters);
      const writeFile = handle.writeFile.bind(handle);
      let left = 1000;
      handle.writeFile = async (data) => {
        await writeFile((data as Uint8Array).subarray(0, left));
        left -= (data as Uint8Array).length;
        if (left < 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      };
      return handle;
    };
    const error = await dataErrorOf(() => start(url, folder, { openFile }));
    expect(error.code).toBe('unwritable');
    expect(error.message).toContain('the disk is full (ENOSPC): free some space');
    expect(await readdir(folder)).toEqual(['f.part']);
    await start(url, folder);
    await expectWhole(folder);
    expect(ranges).toEqual([undefined, 'bytes=1000-']);
  });

  it('passes on what the progress callback throws', async () => {
    const folder = await temporaryFolder();
    const { url } = await fakeServer(whole(content));
    const onProgress = () => {
      throw new TypeError('stop');
    };
    await expect(start(url, folder, { onProgress })).rejects.toThrow(new TypeError('stop'));
  });
});
