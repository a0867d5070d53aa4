// Every committed model whose data is here, on its whole test split: the committed number to 1e-4 nats.
// With names, such as table4/diagonal-bilstm-7x16, those alone; with --one-each the smallest model of each experiment.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { findExperiment, loadPretrained, pretrainedModels } from '@pixelrnn/experiments';
import { runResultSchema } from '@pixelrnn/metrics';
import { evaluate } from '@pixelrnn/training';

const tolerance = 1e-4;

await loadEngine();
const models = await pretrainedModels();
const resultOf = (folder: string) =>
  runResultSchema.parse(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')));

function smallestOfEach(names: readonly string[]): string[] {
  const size = (name: string) => resultOf(models.get(name) as string).parameters;
  const smallest = new Map<string, string>();
  for (const name of names.toSorted((a, b) => size(b) - size(a))) {
    smallest.set(name.split('/')[0] as string, name);
  }
  return [...smallest.values()];
}

const wanted = process.argv.slice(2);
const all = [...models.keys()].filter((name) => /\/seed-\d+$/.test(name));
const names = wanted[0] === '--one-each' ? smallestOfEach(all) : wanted.length > 0 ? wanted : all;
let checked = 0;
for (const name of names) {
  const folder = models.get(name);
  if (!folder)
    throw new Error(`No committed model ${name}: expected one of ${[...models.keys()].join(', ')}.`);
  const { settings } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const result = resultOf(folder);
  const experiment = findExperiment(name.split('/')[0] as string);
  try {
    const { test } = await experiment.loadData(settings, {});
    const model = await loadPretrained(name);
    const { nats } = await evaluate(
      model,
      result.testImages < test.count ? test.subset(result.testImages) : test,
    );
    model.dispose();
    if (!(Math.abs(nats - result.test) <= tolerance)) {
      throw new Error(
        `${name}: ${nats} nats, but ${result.test} are committed, expected within ${tolerance}`,
      );
    }
    console.log(`${name}: ${nats.toFixed(6)} nats, committed ${result.test.toFixed(6)}`);
    checked++;
  } catch (error) {
    if (!(error instanceof DataError && ['missing', 'network'].includes(error.code))) throw error;
    console.log(`${name}: not checked: ${error.message}`);
  }
}
if (checked === 0) throw new Error('No committed model could be checked: the data of none is here.');
