import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { expect, it } from 'vitest';
import { BenchError } from './benchError.js';
import { modelOf } from './ours/model.js';
import { scalingWorks } from './scalingWorks.js';
import { pickWorks, trainingWorks } from './works.js';

it('picks rows by a part of their name, all without one', () => {
  const names = (part?: string) => pickWorks(trainingWorks, part).map(({ name }) => name);
  expect(names()).toHaveLength(9);
  expect(names('diagonal 28')).toEqual([
    'diagonal 28x28x1 h=16 layers=7 batch=16',
    'diagonal 28x28x1 h=32 layers=1 batch=16',
  ]);
  expect(() => names('lstm')).toThrow(BenchError);
  expect(() => names('lstm')).toThrow("got 'lstm'; the rows are 'pixelcnn 28x28x1 h=16 blocks=7 batch=16', ");
});

it('names every row for its size', () => {
  for (const work of trainingWorks) {
    const depth = work.model === 'pixelcnn' ? `blocks=${work.blocks}` : `layers=${work.layers}`;
    const head = work.levels === 2 ? '' : ` head=${work.headWidth}`;
    const size = `${work.height}x${work.width}x${work.colors}`;
    expect(work.name).toBe(`${work.model} ${size} h=${work.h} ${depth}${head} batch=${work.batch}`);
  }
});

it('has every point of the scaling plot once, and one axis away from the base', () => {
  expect(new Set(scalingWorks.map(({ name }) => name)).size).toBe(scalingWorks.length);
  for (const work of scalingWorks) {
    const { side, h, depth, batch } = work;
    expect([side === 28, h === 16, depth === 7, batch === 16].filter((same) => !same).length).toBeLessThan(2);
    expect(work).toMatchObject({ height: side, width: side });
  }
});

it('has the rows and the numbers of parameters that the README lists', async () => {
  await loadEngine({ engine: 'cpu', quiet: true });
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const listed = [...readme.matchAll(/^\| `(.*?)` .* ([\d,]+) +\|$/gm)].map(([, name, count]) => [
    name,
    Number(count?.replaceAll(',', '')),
  ]);
  expect(listed).toEqual(trainingWorks.map((work) => [work.name, modelOf(work).countParams()]));
});
