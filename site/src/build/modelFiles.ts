import { cifar10Classes } from '@pixelrnn/data';
import { loadPretrained } from '@pixelrnn/experiments';
import { isAutoencoder } from '@pixelrnn/generation';
import { encodePlan, type Plan } from '@pixelrnn/kernels/plan';
import { planOf } from '@pixelrnn/models';
import { isDigitModel, type SiteModel, sideBySide } from '../manifest.js';
import { bytesScript, type OutFile } from './dataScripts.js';
import { inMetric, type SiteExperiment, type SiteRun } from './readResults.js';

export interface SiteModels {
  models: SiteModel[];
  files: OutFile[];
  /** Runs whose weights the page cannot run, and why. */
  left: string[];
}

/**
 * A plan's file for every committed run that has weights, float32 as trained: those of digits first, the likeliest first. An
 * engine must have been loaded.
 */
export async function modelFiles(
  experiments: readonly SiteExperiment[],
  results: string,
): Promise<SiteModels> {
  const made: { model: SiteModel; value: number; learned: string }[] = [];
  const files: OutFile[] = [];
  const left: string[] = [];
  for (const experiment of experiments) {
    for (const run of experiment.runs.filter(({ hasWeights }) => hasWeights)) {
      const name = `${experiment.id}/${run.row}/seed-${run.seed}`;
      const model = await loadPretrained(name, results);
      try {
        const why = unfit(model);
        if (why) {
          left.push(`${name}: ${why}`);
          continue;
        }
        const plan = planOf(model);
        const count = classesOf(plan);
        if (plan.knownStride !== null || count === undefined) {
          left.push(`${name}: the page has no such condition`);
          continue;
        }
        const { out, file } = bytesScript('models', name, encodePlan(plan));
        files.push(out);
        const classes = count === null ? null : classNames(run.dataset, count);
        const learned = `${run.dataset}, ${run.images.toLocaleString('en')} images seen`;
        made.push({
          model: { ...file, ...about(experiment, run, plan), classes },
          value: run.value,
          learned,
        });
      } catch (error) {
        left.push(`${name}: ${(error as Error).message}`);
      } finally {
        model.dispose();
      }
    }
  }
  const last = ({ model }: { model: SiteModel }) => (isDigitModel(model) ? 0 : 1);
  made.sort((a, b) => last(a) - last(b) || a.value - b.value);
  const beside = new Set(sideBySide(made.map(({ model }) => model)));
  const models = made.map(({ model, learned }) => (beside.has(model) ? { ...model, learned } : model));
  return { models, files, left };
}

/** Why a page that runs one network over its own pixels cannot run a model; null where it can. */
function unfit(model: Parameters<typeof planOf>[0]): string | null {
  if (isAutoencoder(model)) return 'an auto-encoder has an image for a code, and the page gives it none';
  const scales = model.layers.some((layer) => layer.getClassName() === 'JoinScales');
  return scales ? 'a multi-scale model draws with two networks, and the page runs one' : null;
}

function about(experiment: SiteExperiment, run: SiteRun, { height, width, colors, levels, output }: Plan) {
  const unit = experiment.metric === 'nats' ? 'nats' : 'bits/dim';
  return {
    ...{ title: experiment.title, label: run.label },
    ...{ height, width, colors, levels },
    ...(output.kind === 'mcgsm' && { mixture: true as const }),
    score: `${inMetric(experiment, run.value)} ${unit}`,
  };
}

/** Classes of a plan whose only condition is a class; null where there is none, undefined where it is another. */
function classesOf({ conditions, maps }: Plan): number | null | undefined {
  if (conditions.length === 0) return null;
  const map = maps[conditions[0] as number];
  return conditions.length === 1 && map?.stride === 0 ? map.channels : undefined;
}

/** Of digits, their digits. */
const classNames = (dataset: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => (dataset === 'CIFAR-10' && cifar10Classes[i]) || String(i));
