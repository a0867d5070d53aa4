import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@pixelrnn/files/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataProgress } from '../progress.js';
import { dataErrorOf, specOf } from '../testing/samples.js';
import { readVerified } from './verifiedFile.js';

const content = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) % 251);
const spec = specOf('f', content);

async function read(path: string, onProgress?: (progress: DataProgress) => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await readVerified({ path, spec, remedy: 'do this', onProgress, consume: (chunk) => chunks.push(chunk) });
  return Buffer.concat(chunks);
}

async function errorFor(name: string, bytes: Uint8Array) {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return { path, ...(await dataErrorOf(() => read(path)).then(({ code, message }) => ({ code, message }))) };
}

describe('readVerified', () => {
  it.each(['f', 'f.gz'])('gives the content of %s and reports progress up to its size', async (name) => {
    const path = join(await temporaryFolder(), name);
    await writeFile(path, name.endsWith('.gz') ? gzipSync(content) : content);
    const progress: DataProgress[] = [];
    const came = await read(path, (step) => progress.push(step));
    expect(Buffer.compare(came, content)).toBe(0);
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toEqual({
      stage: 'read',
      file: name,
      bytes: content.length,
      total: content.length,
    });
  });

  it('reads a .gz of several members to its end, and ignores what follows the last', async () => {
    const path = join(await temporaryFolder(), 'f.gz');
    const parts = [0, 1_000_000, 1_000_001, content.length];
    const members = parts.slice(1).map((end, i) => gzipSync(content.subarray(parts[i], end)));
    for (const after of [Buffer.alloc(0), Buffer.alloc(5000)]) {
      await writeFile(path, Buffer.concat([...members, gzipSync(Buffer.alloc(0)), after]));
      expect(Buffer.compare(await read(path), content)).toBe(0);
    }
    await writeFile(path, Buffer.concat(members.slice(0, 2)));
    expect((await dataErrorOf(() => read(path))).message).toContain('ends after 1000001: do this.');
  });

  it.each([1, 4, 8])('refuses a .gz whose trailer lacks %i bytes', async (bytes) => {
    const { code, message } = await errorFor('f.gz', gzipSync(content).subarray(0, -bytes));
    expect([code, message]).toEqual(['truncated', expect.stringMatching(/ends early: do this\.$/)]);
  });

  it('refuses one changed bit, with both checksums and the remedy', async () => {
    const changed = content.slice();
    changed[1_500_000]! ^= 1;
    for (const [name, bytes] of [
      ['f', changed],
      ['f.gz', gzipSync(changed)],
    ] as const) {
      const { code, message, path } = await errorFor(name, bytes);
      expect(code).toBe('checksum');
      expect(message).toBe(
        `The content of ${path} should have the SHA-256 ${spec.sha256}, but it has ${specOf('', changed).sha256}: do this.`,
      );
    }
  });

  it.each([
    ['f', content.subarray(0, -1), 'truncated', 'ends after 2999999: do this.'],
    ['f', new Uint8Array(0), 'truncated', 'ends after 0: do this.'],
    ['f', Uint8Array.from([...content, 0]), 'format', 'holds more: do this.'],
    ['f.gz', gzipSync(content.subarray(0, -1)), 'truncated', 'ends after 2999999: do this.'],
    ['f.gz', gzipSync(content).subarray(0, -20), 'truncated', 'ends early: do this.'],
    ['f.gz', new Uint8Array(0), 'truncated', 'do this.'],
    ['f.gz', content, 'format', 'it is corrupt (Z_DATA_ERROR): do this.'],
  ])('%s: a bad file, case %#', async (name, bytes, code, end) => {
    const error = await errorFor(name, bytes);
    expect(error.code).toBe(code);
    expect(error.message.endsWith(end), error.message).toBe(true);
  });

  it('answers garbage with a DataError', async () => {
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.boolean(), async (bytes, gzip) => {
        const path = join(folder, gzip ? 'garbage.gz' : 'garbage');
        await writeFile(path, bytes);
        expect(['truncated', 'format']).toContain((await dataErrorOf(() => read(path))).code);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('tells a file that cannot be read from a bad one', async () => {
    const path = join(await temporaryFolder(), 'f');
    await mkdir(path);
    const error = await dataErrorOf(() => read(path));
    expect(error.code).toBe('unreadable');
    expect(error.message).toContain('EISDIR');
  });

  it('passes on what a caller throws', async () => {
    const path = join(await temporaryFolder(), 'f');
    await writeFile(path, content);
    const stop = () => {
      throw new TypeError('stop');
    };
    await expect(read(path, stop)).rejects.toThrow(new TypeError('stop'));
  });

  it('tells what a caller threw about the content of a .gz, not that the stream was ended by it', async () => {
    const path = join(await temporaryFolder(), 'f.gz');
    await writeFile(path, gzipSync(content));
    const stop = () => {
      throw new TypeError('stop');
    };
    await expect(read(path, stop)).rejects.toThrow(new TypeError('stop'));
  });

  it.each([
    ['CRLF', Buffer.from('0 1\r\n'.repeat(2000)), 'truncated'],
    ['a web page', Buffer.from(`<html>${' '.repeat(4_000_000)}`), 'format'],
    ['a blank line', Buffer.concat([Buffer.from('\n'), content]), 'format'],
    ['other content of the same length', content.slice().fill(7, 100, 200), 'checksum'],
    ['gzip again', gzipSync(content), 'format'],
  ])('a .gz that holds %s: the file is named, with what is wrong with it', async (what, inner, code) => {
    const error = await errorFor('f.gz', gzipSync(inner));
    expect(error.code).toBe(code);
    expect(error.message).toContain(error.path);
    expect(error.message).toMatch(/ but .*: .*do this\.$/);
    if (what === 'gzip again') expect(error.message).toContain('its content is gzipped again');
  });

  it('tells that the other form beside a bad file is whole, and which was read', async () => {
    const folder = await temporaryFolder();
    for (const [bad, good] of [
      ['f', 'f.gz'],
      ['f.gz', 'f'],
    ] as const) {
      const form = (name: string, bytes: Uint8Array) => (name.endsWith('.gz') ? gzipSync(bytes) : bytes);
      await writeFile(join(folder, bad), form(bad, content.slice(5)));
      await writeFile(join(folder, good), form(good, content));
      const { code, message } = await dataErrorOf(() => read(join(folder, bad)));
      expect(code).toBe('truncated');
      expect(message).toContain(
        `do this. This was read from ${join(folder, bad)}; ${join(folder, good)}, beside it, is whole: move ${join(folder, bad)} away`,
      );
      await writeFile(join(folder, good), form(good, content.slice(1)));
      expect((await dataErrorOf(() => read(join(folder, bad)))).message).toMatch(/do this\.$/);
    }
  });
});
