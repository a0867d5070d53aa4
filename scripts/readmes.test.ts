import { readdir, readFile } from 'node:fs/promises';
import * as data from '@pixelrnn/data';
import * as engine from '@pixelrnn/engine';
import * as experiments from '@pixelrnn/experiments';
import * as generation from '@pixelrnn/generation';
import * as plan from '@pixelrnn/kernels/plan';
import * as layers from '@pixelrnn/layers';
import * as metrics from '@pixelrnn/metrics';
import * as models from '@pixelrnn/models';
import * as mpi from '@pixelrnn/mpi';
import * as plots from '@pixelrnn/plots';
import * as training from '@pixelrnn/training';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';

beforeAll(() => engine.loadEngine({ quiet: true }));

const modules = {
  '@pixelrnn/data': data,
  '@pixelrnn/generation': generation,
  '@pixelrnn/kernels/plan': plan,
  '@pixelrnn/layers': layers,
  '@pixelrnn/metrics': metrics,
  '@pixelrnn/models': models,
  '@pixelrnn/mpi': mpi,
  '@pixelrnn/training': training,
  '@tensorflow/tfjs': tf,
};

const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...values: unknown[]) => Promise<void>;

/** What the example of a README prints; its imports become `modules`, its casts go. */
async function runExample(
  folder: string,
  { language = 'ts', others = {} }: { language?: string; others?: Record<string, object> } = {},
): Promise<string[]> {
  const readme = await readFile(new URL(`../${folder}/README.md`, import.meta.url), 'utf8');
  const javascript = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``)
    .exec(readme)![1]!
    .replace(/import (?:type )?(?:\* as )?(\w+|\{[^}]*\}) from ('[^']+');/g, 'const $1 = modules[$2];')
    .replaceAll(/ as tf\.Tensor/g, '');
  const lines: string[] = [];
  await new AsyncFunction('modules', 'console', javascript)(
    { ...modules, ...others },
    {
      log: (line: string) => lines.push(line),
    },
  );
  return lines;
}

const uniform = '17034.8 nats per image, 8.00 bits/dim';

it.each([
  ['layers', ['maps 1x3x3x1, mask A 1 1 1 1 0 0 0 0 0', 'the centre depends on 1 1 1 1 0 0 0 0 0']],
  ['models', ['27489 parameters, logits 1x28x28x1', 'context: 10 rows above']],
  ['metrics', [uniform, uniform]],
  ['mpi', ['rank 0 of 1: 1 2 3']],
  [
    'generation',
    [
      ...['.#....##..##', '......####.#', '#..#.###.#..', '.#...###....', '...#..#.....', '##...#..##.#'],
      ...['first known: true', '100 nats, 70 bytes', 'the same: true'],
    ],
  ],
])("the example of %s' README prints what it says, on every engine", async (name, lines) => {
  expect(await runExample(`packages/${name}`)).toEqual(lines);
});

it("the layer of one's own in models' README has the context that it says", async () => {
  expect(await runExample('packages/models', { language: 'js' })).toEqual([
    '1 row above, 3 columns to the side',
    '1 1 1 1 0 0',
    '1 1 1 0 0 0',
    '0 0 0 0 0 0',
  ]);
});

it("the example of training's README trains to near the best there is", async () => {
  const lines = await runExample('packages/training');
  const nats = /^11 entries logged; 64 images, (\d+\.\d\d) nats each$/.exec(lines.join('\n'))![1]!;
  expect(Number(nats)).toBeGreaterThanOrEqual(0.69);
  expect(Number(nats)).toBeLessThan(0.9);
});

it("the root README's script evaluates a committed model and draws digits", async () => {
  const written: [string, Buffer][] = [];
  const lines = await runExample('.', {
    others: {
      'node:fs/promises': { writeFile: async (path: string, png: Buffer) => written.push([path, png]) },
      '@pixelrnn/data': { loadBinarizedMnist: () => data.loadBinarizedMnist({ kind: 'seeded' }) }, // needs no network
      '@pixelrnn/engine': { loadEngine: () => engine.loadEngine({ quiet: true }) },
      '@pixelrnn/experiments': experiments,
      '@pixelrnn/plots': plots,
    },
  });
  const nats = /^(\d+\.\d\d) ± 0\.\d\d nats per image$/.exec(lines.join('\n'))![1]!;
  expect(Number(nats)).toBeGreaterThan(70);
  expect(Number(nats)).toBeLessThan(95);
  const [[path, png]] = written as [[string, Buffer]];
  expect(path).toBe('digits.png');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([234, 234]); // width and height in the PNG's header
});

/** The kernel is for cells of notebooks, `tfjs-node` for danfojs-node. */
const notForScripts = ['kernel', 'tfjs-node'];

it('a script in the root finds the packages, as the README says', async () => {
  const folders = await readdir(new URL('../packages', import.meta.url));
  const names = [...folders.filter((name) => !notForScripts.includes(name)), 'experiments'];
  const found = await readdir(new URL('../node_modules/@pixelrnn', import.meta.url));
  expect(found.sort()).toEqual(names.sort());
});
