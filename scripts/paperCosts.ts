// What the runs of preset `paper` take, as the table of docs/cluster.md: node --conditions=@pixelrnn/source --import tsx scripts/paperCosts.ts
import { pathToFileURL } from 'node:url';
import { loadEngine } from '@pixelrnn/engine';
import { type Experiment, experiments, type ImageShape, plan } from '@pixelrnn/experiments';
import { flopsPerStep } from '../bench/flops.js';

/** Operations a second at which hours are told: what a run attains, not what a machine promises. */
const speeds = { '0.1 TFLOP/s': 1e11, '10 TFLOP/s': 1e13 };

const digits: ImageShape = { height: 28, width: 28, colors: 1, levels: 2 };
const colours = (size: number): ImageShape => ({ height: size, width: size, colors: 3, levels: 256 });

/** By the setting `data`. */
const shapes: Record<string, ImageShape> = {
  fixed: digits,
  seeded: digits,
  cifar10: colours(32),
  imagenet32: colours(32),
  imagenet64: colours(64),
};

/** The rows of an experiment, a line of the table each. */
export function* costLines(experiment: Experiment): Generator<string> {
  for (const { row, settings } of plan(experiment, { preset: 'paper' })) {
    const model = row.model.build(settings, shapes[settings.data] as ImageShape, 0);
    const { steps, batchSize } = settings;
    const flops = flopsPerStep(model, batchSize);
    const hours = Object.values(speeds).map((speed) => twoDigits((flops * steps) / speed / 3600));
    const name = `\`${experiment.id}\` ${row.name}`;
    const counts = [model.countParams(), batchSize, steps].map(count);
    const [images, whole] = [steps * batchSize, steps * flops].map((value) => value.toExponential(1));
    const parts = [name, ...counts, images as string, twoDigits(flops / 1e12), whole as string, ...hours];
    yield line(parts);
    model.dispose();
  }
}

const twoDigits = (value: number) =>
  Number(value.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 6 });
const count = (value: number) => value.toLocaleString('en');
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

export function* costTable(chosen: readonly Experiment[]): Generator<string> {
  const header = [
    'row',
    'parameters',
    'batch',
    'steps',
    'images',
    'TFLOP a step',
    'FLOP in all',
    ...Object.keys(speeds).map((speed) => `hours at ${speed}`),
  ];
  yield line(header);
  yield line(header.map((_, i) => (i === 0 ? '---' : '---:')));
  for (const experiment of chosen) yield* costLines(experiment);
}

/** The tables of the papers that are trained. */
const tables = ['table2', 'table3', 'table4', 'table5', 'table6', 'gated-table1', 'gated-table2'];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await loadEngine({ quiet: true });
  const chosen = experiments.filter(({ id }) => tables.includes(id));
  for (const text of costTable(chosen)) console.log(text);
}
