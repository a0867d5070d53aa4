import { formatSeconds } from '@pixelrnn/training';
import type { Experiment } from '../experiment.js';
import { measured, splitName } from '../measured.js';
import { ownSettings } from '../runner/ownSettings.js';
import { trainable } from '../runner/plan.js';
import { resolveSettings } from '../runner/settings.js';
import type { CommittedRun } from './committedRuns.js';
import { departures } from './departures.js';
import { limitsOf } from './limits.js';
import { optimizerText } from './optimizer.js';
import { parsePaperSource } from './paperSource.js';

/** MODEL.md beside a run's weights: data, likelihood, time, limits, how to load. */
export function modelCard(experiment: Experiment, run: CommittedRun): string {
  const { row, seed, config, result, environment, adopted } = run;
  const { metric, split = 'test', id } = experiment;
  const places = metric === 'nats' ? 2 : 3;
  const { value, standardError } = measured(experiment, run);
  const error =
    standardError === null ? '' : ` (standard error over images ${standardError.toFixed(places)})`;
  const { source, train } = parsePaperSource(row.paperSource ?? '');
  const paper =
    row.paper === null
      ? 'The paper gives no number for it.'
      : `The paper has ${row.paper.toFixed(2)}${row.paperRecalled ? ' (?)' : ''} (${source}${train === null ? '' : `; ${train} on training images`}).`;
  const { settings } = config;
  const large = (count: number) => count.toLocaleString('en-US');
  const inMetric = (test: number) =>
    `${measured({ ...experiment, split: 'test' }, { result: { ...result, test } }).value.toFixed(4)} ${metric}`;
  const again = adopted
    ? ` Measured again by the code that this file was committed with (engine ${adopted.engine}): ${inMetric(adopted.test)} on ${large(result.testImages)} ${experiment.splitName ?? 'test'} images${split === 'test' ? '' : `, where the run itself had ${inMetric(result.test)}`}.`
    : '';
  const untold =
    result.testWithoutCondition === undefined
      ? ''
      : ` Without the label: ${measured(experiment, { result: { ...result, test: result.testWithoutCondition } }).value.toFixed(4)} ${metric} on the test images.`;
  const own = row.model ? ownSettings(row.model, settings).map((key) => `${key} ${settings[key]}`) : [];
  const differing = departures(experiment, run);
  const { optimizer, schedule } = trainable(row) ? resolveSettings(row, 'paper') : settings;
  if (settings.optimizer !== optimizer) {
    differing.push(`optimiser ${settings.optimizer} (${settings.schedule}), not ${optimizer} (${schedule})`);
  }
  const recalled =
    row.paperRecalled || differing.some((text) => text.endsWith(' (?)'))
      ? ' (?) marks what was recalled of the paper, not read again.'
      : '';
  const number = split === 'test' ? result.testImages : result.validImages;
  return `# ${row.label}, seed ${seed}

${experiment.title}.

- **Data**: ${result.dataset}; trained on its training images alone, ${result.steps.toLocaleString('en-US')} steps of ${settings.batchSize} (${result.images.toLocaleString('en-US')} images seen).
- **Likelihood**: ${value.toFixed(4)} ${metric} on ${number.toLocaleString('en-US')} ${splitName(experiment)} images${error}.${untold} ${paper}${again}
- **Model**: ${result.parameters.toLocaleString('en-US')} parameters; ${own.join(', ')}.
- **Training**: ${optimizerText(settings)}, ${settings.warmupSteps} steps of warm-up; ${formatSeconds(result.seconds)} on ${machineOf(environment)}, engine ${result.engine}, at commit ${environment.commit ?? 'unknown'}. \`config.json\` repeats it: \`pnpm exp ${id} --config results/${run.path}/config.json\`.
- **Departures from the paper**: ${differing.length > 0 ? differing.join('; ') : 'none that the paper speaks of'}.${recalled}
- **Limits**: ${limitsOf(experiment, result)}
- **Use**: the lines below load it; [From a script](../../../../../README.md#from-a-script) in the README shows how a script of your own evaluates it and draws images.

\`\`\`ts
import { loadEngine } from '@pixelrnn/engine';
import { loadPretrained } from '@pixelrnn/experiments';

await loadEngine();
const model = await loadPretrained('${id}/${row.name}${seed === 0 ? '' : `/seed-${seed}`}');
\`\`\`
`;
}

function machineOf({ threads, cpu, gpus }: CommittedRun['environment']): string {
  if (gpus && gpus.length > 0) return gpus.join(' and ');
  return `${threads} thread${threads === 1 ? '' : 's'} of ${cpu}`;
}
