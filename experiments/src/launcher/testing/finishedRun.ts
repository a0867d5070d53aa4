import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planWork } from '../../runner/runExperiment.js';
import { table4 } from '../../table4.js';
import { someResult } from '../../testing/someResult.js';

/** Writes the run folder of a finished PixelCNN of Table 4's smoke preset, with these changes to its settings. @returns the folder */
export async function finishedRun(out: string, seed: number, settings?: object): Promise<string> {
  const set = { data: 'seeded' };
  const { grid } = await planWork(table4, { preset: 'smoke', rows: ['pixelcnn'], set, out });
  const folder = join(out, 'table4', 'runs', 'pixelcnn', `seed-${seed}`);
  await mkdir(folder, { recursive: true });
  const names = { experiment: 'table4', row: 'pixelcnn', preset: 'smoke', seed, dataset: 'd' };
  const config = { ...names, settings: { ...grid.planned[0]?.settings, ...settings } };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'result.json'), JSON.stringify(someResult()));
  await writeFile(join(folder, 'metrics.jsonl'), '{"step": 60, "images": 960, "seconds": 20, "valid": 91}\n');
  return folder;
}
