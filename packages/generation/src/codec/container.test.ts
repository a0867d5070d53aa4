import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum } from './checksum.js';
import { joinChunks, splitChunks } from './chunks.js';
import { type Container, headerBytes, readContainer, writeContainer } from './container.js';

const container = async (): Promise<Container> => ({
  shape: { height: 28, width: 300, channels: 3, levels: 256 },
  count: 70_000,
  model: await checksum(Uint8Array.of(1)),
  images: await checksum(Uint8Array.of(2)),
  payload: Uint8Array.of(5, 6, 7),
});

describe('a file', () => {
  it('says what was written into it', async () => {
    const file = await writeContainer(await container());
    expect(file).toHaveLength(headerBytes + 3);
    expect(headerBytes).toBe(52);
    expect(await readContainer(file)).toEqual(await container());
  });

  it('is refused with any bit changed, never as whole', async () => {
    const file = await writeContainer(await container());
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const damaged = file.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const code = bit < 9 * 8 ? 'format' : 'damaged';
      await expect(readContainer(damaged), `bit ${bit}`).rejects.toMatchObject({ code });
    }
  });

  it('is refused at any other length', async () => {
    const file = await writeContainer(await container());
    for (let length = 0; length < file.length; length++) {
      const code = 'truncated';
      await expect(readContainer(file.slice(0, length)), `${length}`).rejects.toMatchObject({ code });
    }
    const longer = Uint8Array.from([...file, 0, 0]);
    await expect(readContainer(longer)).rejects.toThrow(
      'has 2 trailing bytes: it should have 55, but 57 came',
    );
  });

  it('of anything else is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        await expect(readContainer(bytes)).rejects.toMatchObject({ name: 'GenerationError' });
      }),
    );
  });

  it('has limits', async () => {
    const wide = { height: 1, width: 70_000, channels: 1, levels: 2 };
    const written = writeContainer({ ...(await container()), shape: wide });
    await expect(written).rejects.toMatchObject({ code: 'too-large' });
  });
});

describe('chunks', () => {
  it('come back', () => {
    const sizes = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, (chunks) => {
        expect(splitChunks(joinChunks(chunks), chunks.length)).toEqual(chunks);
      }),
    );
  });

  it.each([
    ['a length that is not there', Uint8Array.of(1, 9), 3],
    ['more than there is', Uint8Array.of(3, 9), 2],
    ['a length without an end', new Uint8Array(20).fill(255), 2],
  ])('%s is damage', (_, payload, count) => {
    expect(() => splitChunks(payload, count)).toThrow('the lengths of its parts are more than the file');
  });
});
