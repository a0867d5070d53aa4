import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import type { RunResult } from '@pixelrnn/metrics';
import { expect, it } from 'vitest';
import { someResult } from '../testing/someResult.js';
import { readResult, writeResult } from './runFiles.js';
import { type EarlierRun, inRunFolder } from './runFolder.js';

const result = someResult({ dataset: 'dots' });

function dots(checksums: Record<string, string>): ImageDataset {
  const size = { height: 1, width: 1, channels: 1, levels: 2 };
  return new ImageDataset({ name: 'dots', kind: 'own', ...size, images: new Uint8Array(1), checksums });
}

const rest = dots({ 'rest.bin': '56' });

/** A run on training images whose files are these: finished at once, unless it is to stay unfinished. */
async function run(
  folder: string,
  checksums: Record<string, string>,
  { fresh = false, finish = true, trained = null as EarlierRun['trained'] } = {},
): Promise<RunResult> {
  const engine = await loadEngine({ quiet: true });
  const data = { train: dots(checksums), valid: rest, test: rest };
  const place = { folder, fresh, label: 'a run', log: () => {}, config: { row: 'dot' }, data, engine };
  return inRunFolder(
    {
      ...place,
      trained: async () => trained,
      workAfter: (there) => ({ kind: there.result ? 'done' : 'run' }),
    },
    async ({ begin, lock }) => {
      await begin();
      if (finish) await writeResult(folder, result, lock);
      return result;
    },
  );
}

it('does not take the run of images that have changed since for the one that is asked for', async () => {
  const folder = await temporaryFolder();
  const changed = `${folder} holds a run on other images (images of train.bin: SHA-256 12 there, 34 here). Use --fresh to replace it, or another --out.`;
  await run(folder, { 'train.bin': '12' });
  await expect(run(folder, { 'train.bin': '34' })).rejects.toThrow(changed);
  expect(await readResult(folder)).toEqual(result);
  await run(folder, { 'train.bin': '12' });
  await run(folder, { 'train.tar': '34' }); // the same images in another form, for all that is known
  await run(folder, { 'train.bin': '34' }, { fresh: true });
  await run(folder, { 'train.bin': '34' });
});

it('goes on with a run of changed images only where nothing was trained', async () => {
  const folder = await temporaryFolder();
  await run(folder, { 'train.bin': '12' }, { finish: false });
  const trained = { steps: 3, seconds: 1 };
  await expect(run(folder, { 'train.bin': '34' }, { trained })).rejects.toThrow('a run on other images');
  await run(folder, { 'train.bin': '34' });
});
