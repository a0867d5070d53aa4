import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@pixelrnn/files/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { encodeTar, noise } from '../testing/archives.js';
import { dataErrorOf } from '../testing/samples.js';
import { tarEntries } from './tarEntries.js';

async function read(content: Uint8Array, name = 'f.tar', folder?: string): Promise<[string, Buffer][]> {
  const path = join(folder ?? (await temporaryFolder()), name);
  await writeFile(path, content);
  const entries: [string, Buffer][] = [];
  for await (const entry of tarEntries({ path, remedy: 'fetch it again' })) {
    entries.push([entry.name, await buffer(entry.content)]);
  }
  return entries;
}

describe('tarEntries', () => {
  it('gives names and contents back, plain and gzipped', async () => {
    const entries = fc.array(
      fc.tuple(fc.stringMatching(/^[a-z]{1,8}\/[a-z]{1,120}$/), fc.uint8Array({ maxLength: 2000 })),
      { maxLength: 5 },
    );
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(entries, async (expected) => {
        const tar = await encodeTar(expected);
        const files = expected.map(([name, content]) => [name, Buffer.from(content)]);
        expect(await read(tar, 'f.tar', folder)).toEqual(files);
        expect(await read(gzipSync(tar), 'f.tar.gz', folder)).toEqual(files);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('goes on where content is not read', async () => {
    const path = join(await temporaryFolder(), 'f.tar');
    await writeFile(
      path,
      await encodeTar([
        ['a', noise(300_000)],
        ['b', 'x'],
      ]),
    );
    const names: string[] = [];
    for await (const { name } of tarEntries({ path, remedy: '' })) names.push(name);
    expect(names).toEqual(['a', 'b']);
  });

  it('shows every byte of the file that it reads', async () => {
    const path = join(await temporaryFolder(), 'f.tar');
    const tar = await encodeTar([
      ['a', noise(3_000_000)],
      ['b', 'x'],
    ]);
    await writeFile(path, tar);
    let bytes = 0;
    const onChunk = (chunk: Uint8Array) => {
      bytes += chunk.length;
    };
    for await (const _ of tarEntries({ path, remedy: '', onChunk }));
    expect(bytes).toBe(tar.length);
  });
});

describe('tar files of the real world', () => {
  const files = [
    ['a/b.png', noise(700)],
    ['c.png', noise(20)],
  ] as const;
  const expected = files.map(([name, content]) => [name, Buffer.from(content)]);

  it('names members as unpacking does, whether they begin with ./ or not', async () => {
    const tar = await encodeTar([
      [{ name: './', type: 'directory' }, ''],
      [{ name: './a/', type: 'directory' }, ''],
      ['./a/b.png', files[0][1]],
      ['././/c.png', files[1][1]],
    ]);
    expect(await read(tar)).toEqual(expected);
  });

  it.each(['f.tar', 'f.TAR', 'f.tgz', 'f.TGZ', 'f.tar.gz', 'f.Tar.GZ'])(
    'reads %s plain and gzipped: the content decides',
    async (name) => {
      const tar = await encodeTar(files);
      expect(await read(tar, name)).toEqual(expected);
      expect(await read(gzipSync(tar), name)).toEqual(expected);
    },
  );

  it('reads the tar files in a tar file, plain or gzipped, and goes on after them', async () => {
    const inner = await encodeTar(files);
    const tar = await encodeTar([
      ['n01.tar', inner],
      ['x.png', 'x'],
      ['./n02.tgz', gzipSync(inner)],
    ]);
    expect(await read(tar)).toEqual([
      ...expected.map(([name, content]) => [`n01.tar/${name}`, content]),
      ['x.png', Buffer.from('x')],
      ...expected.map(([name, content]) => [`n02.tgz/${name}`, content]),
    ]);
  });

  it('names the inner tar file that is damaged', async () => {
    const inner = (await encodeTar(files)).subarray(0, 1000);
    const error = await dataErrorOf(async () => read(await encodeTar([['n01.tar', inner]])));
    expect(error.code).toBe('truncated');
    expect(error.message).toMatch(/f\.tar, n01\.tar should be a whole tar file/);
  });

  it('gives a member that comes twice twice, in order', async () => {
    const tar = await encodeTar([
      ['a', '1'],
      ['./a', '2'],
    ]);
    expect(await read(tar)).toEqual([
      ['a', Buffer.from('1')],
      ['a', Buffer.from('2')],
    ]);
  });

  it.each([
    ['xz', Buffer.from('\xfd7zXZ\0....', 'latin1')],
    ['bzip2', Buffer.from('BZh91AY')],
    ['zstd', Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0)],
    ['a zip file', Buffer.from('PK\x03\x04')],
  ])('says that it is %s', async (what, content) => {
    const error = await dataErrorOf(() => read(content));
    expect(error.message).toMatch(
      new RegExp(`should be a tar file, plain or gzipped, but it is .*${what}: unpack it`),
    );
  });
});

describe('what is refused', () => {
  it('a file that is cut off anywhere', async () => {
    const folder = await temporaryFolder();
    const tar = await encodeTar([
      ['a', noise(700)],
      ['b', noise(100)],
    ]);
    const end = tar.length - 1024;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: end }), async (length) => {
        const error = await dataErrorOf(() => read(tar.subarray(0, length), 'f.tar', folder));
        expect(error.code).toBe('truncated');
        expect(error.message).toContain(join(folder, 'f.tar'));
      }),
      { seed: 2, numRuns: 60, examples: [[0], [512], [1536], [end]] },
    );
  });

  it('a damaged header, or any other damage without a crash', async () => {
    const folder = await temporaryFolder();
    const tar = await encodeTar([
      ['a', noise(700)],
      ['b', noise(100)],
    ]);
    await fc.assert(
      fc.asyncProperty(fc.nat(tar.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Buffer.from(tar);
        damaged[at]! ^= flip;
        try {
          await read(damaged, 'f.tar', folder);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
        if (at < 148) expect((await dataErrorOf(() => read(damaged, 'f.tar', folder))).code).toBe('format');
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it.each(['../a', 'a/../../b', '/etc/passwd', 'a\\..\\b', 'C:\\a', 'C:/a'])('the path %s', async (name) => {
    const error = await dataErrorOf(async () =>
      read(
        await encodeTar([
          ['ok', 'x'],
          [name, 'y'],
        ]),
      ),
    );
    expect(error.code).toBe('format');
    expect(error.message).toContain(`its entry ${JSON.stringify(name)} climbs out of it`);
  });

  it('a gzip file that is damaged or cut off, and one that is none', async () => {
    const packed = gzipSync(await encodeTar([['a', noise(5000)]]));
    expect((await dataErrorOf(() => read(packed.subarray(0, 2000), 'f.tgz'))).code).toBe('truncated');
    const damaged = Buffer.from(packed);
    damaged[1000]! ^= 0x55;
    expect((await dataErrorOf(() => read(damaged, 'f.tgz'))).code).toBe('format');
    expect((await dataErrorOf(() => read(Buffer.from('no gzip'), 'f.tgz'))).code).toBe('format');
  });

  it('a file that is not there', async () => {
    const error = await dataErrorOf(async () => {
      for await (const _ of tarEntries({ path: join(await temporaryFolder(), 'f.tar'), remedy: 'look' }));
    });
    expect(error.code).toBe('unreadable');
    expect(error.message).toContain('ENOENT');
  });
});
