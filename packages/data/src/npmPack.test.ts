import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmPack, runNpm } from './npmPack.js';
import { dataErrorOf } from './testing/samples.js';
import { temporaryFolder } from './testing/temporaryFolder.js';

describe('npmPack', () => {
  it('packs with the npm of this machine', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'sample'));
    await writeFile(join(folder, 'sample', 'package.json'), '{"name": "@scope/sample", "version": "1.2.3"}');
    const path = await npmPack(join(folder, 'sample'), folder, runNpm);
    expect(path).toBe(join(folder, 'scope-sample-1.2.3.tgz'));
    expect([...(await readFile(path)).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });

  it('says what npm said', async () => {
    const folder = await temporaryFolder();
    const error = await dataErrorOf(() => npmPack(join(folder, 'nothing-here'), folder, runNpm));
    expect(error.code).toBe('network');
    expect(error.message).toMatch(/nothing-here should come by `npm pack`, but that failed \(.*npm err/i);
  });

  it.each(['', '[]', '{}', '[{"filename": 3}]'])('refuses an answer such as %j', async (answer) => {
    expect((await dataErrorOf(() => npmPack('x@1', '/tmp', async () => answer))).code).toBe('network');
  });
});
