// Every committed model whose data is here, on its whole test split: the committed number to 1e-4 nats.
// With names, such as table4/diagonal-bilstm-7x16, those alone; with --one-each the smallest model of each experiment.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { measureCommitted, pretrainedModels } from '@pixelrnn/experiments';
import { runResultSchema } from '@pixelrnn/metrics';

const tolerance = 1e-4;

await loadEngine();
const models = await pretrainedModels();

function smallestOfEach(names: readonly string[]): string[] {
  const size = (name: string) => {
    const text = readFileSync(join(models.get(name) as string, 'result.json'), 'utf8');
    return runResultSchema.parse(JSON.parse(text)).parameters;
  };
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
  try {
    const { committed, measured } = await measureCommitted(name, { split: 'test' });
    if (!(Math.abs(measured - committed) <= tolerance)) {
      throw new Error(
        `${name}: ${measured} nats, but ${committed} are committed, expected within ${tolerance}`,
      );
    }
    console.log(`${name}: ${measured.toFixed(6)} nats, committed ${committed.toFixed(6)}`);
    checked++;
  } catch (error) {
    if (!(error instanceof DataError && ['missing', 'network'].includes(error.code))) throw error;
    console.log(`${name}: not checked: ${error.message}`);
  }
}
if (checked === 0) throw new Error('No committed model could be checked: the data of none is here.');
