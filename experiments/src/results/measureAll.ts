import { measured, splitName } from '../measured.js';
import { pretrainedFolder, pretrainedModels } from './loadPretrained.js';
import { type MeasuredAgain, measureCommitted } from './measureCommitted.js';

/** How far a number may be from the committed one, as a part of it: engines round in their own ways. */
const agreement = 1e-4;

export interface MeasureAllOptions {
  /** Folder of the results. */
  results: string;
  dataDir?: string | undefined;
}

/**
 * Measures committed weights again, those of the names or all, and prints each committed number beside the measured one in the
 * experiment's metric. One that differs or cannot be measured does not stop the others.
 *
 * @returns whether all were measured and agree
 * @throws UsageError for a name that there is not, before anything is measured
 */
export async function measureAll(
  names: readonly string[],
  { results, dataDir }: MeasureAllOptions,
): Promise<boolean> {
  for (const name of names) await pretrainedFolder(name, results);
  const all = [...(await pretrainedModels(results)).keys()].filter((name) => /\/seed-\d+$/.test(name));
  const wanted = names.length > 0 ? [...new Set(names)] : all;
  if (wanted.length === 0)
    throw new Error(`${results} holds no weights: expected <id>/runs/<row>/seed-<n>/model.`);
  const failures: string[] = [];
  for (const name of wanted) {
    try {
      const again = await measureCommitted(name, {
        results,
        ...(dataDir !== undefined && { dataDir }),
        onStart: (images) => console.error(`${name}: measuring ${images.toLocaleString('en-US')} images`),
      });
      console.log(`${name}: ${numbersOf(again)}`);
      if (!(Math.abs(again.measured - again.committed) <= agreement * Math.abs(again.committed))) {
        failures.push(
          `${name}: its weights should give the committed number within ${agreement} of it, but do not: put result.json and model/ back, or adopt the run again.`,
        );
      }
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`);
    }
  }
  for (const failure of failures) console.error(`pnpm results: ${failure}`);
  return failures.length === 0;
}

/** `committed 83.3602 nats, measured 83.3602 nats, 10,000 test images` */
function numbersOf({ experiment, split, result, committed, measured: nats }: MeasuredAgain): string {
  const images = split === 'test' ? result.testImages : result.validImages;
  const inMetric = (value: number) =>
    `${measured({ ...experiment, split }, { result: { ...result, [split]: value } }).value.toFixed(4)} ${experiment.metric}`;
  return `committed ${inMetric(committed)}, measured ${inMetric(nats)}, ${images.toLocaleString('en-US')} ${splitName({ ...experiment, split })} images`;
}
