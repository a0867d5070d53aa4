import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, it } from 'vitest';
import { encodeTar } from '../testing/archives.js';
import { type ArchiveEntry, tarEntries } from './tarEntries.js';

/** Name, and content or problem, of each entry. */
async function read(tar: Uint8Array): Promise<[string, string][]> {
  const path = join(await temporaryFolder(), 'f.tar');
  await writeFile(path, tar);
  const said = async ({ problem, content }: ArchiveEntry) => problem ?? (await buffer(content)).toString();
  const entries: [string, string][] = [];
  for await (const entry of tarEntries({ path, remedy: 'look' }))
    entries.push([entry.name, await said(entry)]);
  return entries;
}

/** Changes a member's header, by its place in the file, and sums it up again. */
function edited(tar: Buffer, header: number, edit: (header: Buffer) => void): Buffer {
  const copy = Buffer.from(tar);
  const block = copy.subarray(header, header + 512);
  edit(block);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}

it.each([
  ['link', 'it is a hard link to n01/a.png'],
  ['symlink', 'it is a link to n01/a.png'],
  ['character-device', 'it is a character-device'],
  ['fifo', 'it is a fifo'],
] as const)('tells a %s as one, without content, and goes on after it', async (type, problem) => {
  const tar = await encodeTar([
    ['n01/a.png', 'a'],
    [{ name: './n01/b.png', type, linkname: 'n01/a.png' }, ''],
    ['n01/c.png', 'c'],
  ]);
  expect(await read(tar)).toEqual([
    ['n01/a.png', 'a'],
    ['n01/b.png', problem],
    ['n01/c.png', 'c'],
  ]);
});

it('tells sparse members, as GNU tar writes them and as pax does', async () => {
  const problem = 'it is sparse, or of another kind that GNU tar alone unpacks';
  const tar = await encodeTar([
    ['a.png', 'the stretches that are no holes'],
    ['b.png', 'b'],
  ]);
  const gnu = edited(tar, 0, (header) => header.write('S', 156, 'latin1'));
  expect(await read(gnu)).toEqual([
    ['a.png', problem],
    ['b.png', 'b'],
  ]);
  const pax = { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'n/a.png' };
  const header = { name: 'GNUSparseFile.0/a.png', pax };
  expect(await read(await encodeTar([[header, '1\n0\n5\nhello']]))).toEqual([['n/a.png', problem]]);
});

it('reads names longer than a header has room for', async () => {
  const long = `${'Ordner mit Umläuten/'.repeat(12)}bild.png`;
  expect(await read(await encodeTar([[long, 'x']]))).toEqual([[long, 'x']]);
});

it('keeps names apart that are not of UTF-8, and the two forms of an umlaut', async () => {
  const tar = await encodeTar([
    ['A.png', '1'],
    ['O.png', '2'],
    ['\u00fc.png', '3'],
    ['u\u0308.png', '4'],
  ]);
  const latin1 = edited(
    edited(tar, 0, (header) => header.fill(0xe4, 0, 1)),
    1024,
    (header) => header.fill(0xf6, 0, 1),
  );
  expect(await read(latin1)).toEqual([
    ['ä.png', '1'],
    ['ö.png', '2'],
    ['\u00fc.png', '3'],
    ['u\u0308.png', '4'],
  ]);
});

it('reads the format that is older than ustar, with its folders', async () => {
  const tar = await encodeTar([
    ['n01', ''],
    ['n01/a.png', 'x'],
  ]);
  const old = [0, 512].reduce((all, at) => edited(all, at, (header) => header.fill(0, 257)), tar);
  const withFolder = edited(old, 0, (header) => header.write('n01/\0', 0, 'latin1'));
  expect(await read(withFolder)).toEqual([['n01/a.png', 'x']]);
});
