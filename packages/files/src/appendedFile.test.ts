import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AppendedFile } from './appendedFile.js';
import { temporaryFolder } from './testing/temporaryFolder.js';

it('names the file to which nothing can be appended', async () => {
  const path = join(await temporaryFolder(), 'log');
  const file = await AppendedFile.open(path);
  await file.close();
  await expect(file.append('line')).rejects.toMatchObject({
    code: 'unwritable',
    message: expect.stringContaining(`Cannot write ${path}: `),
  });
});
