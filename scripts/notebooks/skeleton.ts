import type { Experiment } from '@pixelrnn/experiments';
import { type Cell, lines, type Notebook } from './notebookFile.js';

const metadata = {
  kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' },
  language_info: {
    codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
    file_extension: '.ts',
    mimetype: 'text/typescript',
    name: 'typescript',
    version: '5.0.4',
  },
};

/** The notebook of an experiment, as `pnpm notebooks new` starts it: the parts that notebooks/README.md lists, ready to execute. */
export function skeleton(experiment: Experiment): Notebook {
  const { id, title, metric } = experiment;
  const row = experiment.rows.find(({ model }) => model)?.name ?? '';
  const bits = metric === 'bits/dim';
  const parts: [kind: 'markdown' | 'code', source: string][] = [
    [
      'markdown',
      `# ${title}

What the paper claims, in two sentences.

Below: the committed results, trained weights at work, and a run of seconds that can be changed. \`pnpm exp ${id} --preset cpu\` does the whole.`,
    ],
    [
      'code',
      `import { DataFrame } from 'danfojs-node';
import {
  buildRow, committedResults, displayFigure, displayImage, evaluate, findExperiment, generate,
  imageGrid, imageShapeOf, liveData, loadEngine, loadPretrained, train, trainingCurve,
} from '@pixelrnn/notebook';

const { engine } = await loadEngine({ quiet: true });
const experiment = findExperiment('${id}');
const data = await liveData(experiment);
console.log(\`engine: \${engine}\\n\${data.note}\`);`,
    ],
    ['markdown', '## Committed results'],
    [
      'code',
      `const committed = await committedResults(experiment);
console.log(committed.note);
new DataFrame(committed.rows)`,
    ],
    [
      'code',
      `if (committed.figure) await displayFigure(committed.figure);
for (const { label, png } of committed.samples) displayImage(png, \`Samples of \${label}\`);`,
    ],
    ['markdown', '## Trained weights at work'],
    [
      'code',
      `const [best] = committed.pretrained;
if (best) {
  const trained = await loadPretrained(best);
  const images = await generate(trained, { count: 16, seed: 1 });
  const shape = { ...imageShapeOf(trained), count: 16, columns: 16 };
  displayImage(await imageGrid({ ...shape, images }), \`16 images drawn by \${best}\`);
} else console.log('No trained weights are committed yet; the run below has its own.');`,
    ],
    ['markdown', '## A small run'],
    [
      'code',
      `const row = buildRow(experiment, '${row}', data.train);
row.model`,
    ],
    [
      'code',
      `const run = await train(row.model, row.training, data);
${bits ? 'const dimensions = data.train.height * data.train.width * data.train.channels;\n' : ''}const curve = { label: row.label, log: run.history${bits ? ', dimensions' : ''} };
await displayFigure(trainingCurve([curve], { unit: '${metric}' }));`,
    ],
    [
      'code',
      `const test = data.test.subset(200);
const { nats, standardError } = await evaluate(row.model, test);
${measured(bits)}
console.log(\`\${row.label} after \${run.steps} steps, 200 test images of \${test.name}: \${measured}\`);
const images = await generate(row.model, { count: 16, seed: 0 });
const shape = { ...imageShapeOf(row.model), count: 16, columns: 16 };
displayImage(await imageGrid({ ...shape, images }), '16 images drawn by the small run');`,
    ],
    [
      'markdown',
      `## Change this and see

- \`buildRow(experiment, '${row}', data.train, { set: { steps: 500 } })\` trains for longer; \`preset: 'cpu'\` has the sizes of the committed results.`,
    ],
  ];
  const cells = parts.map(([kind, source], index): Cell => cell(kind, source, index));
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

/** The likelihood as a text, in the experiment's metric. */
const measured = (bits: boolean) =>
  bits
    ? `const [mean, error] = [nats, standardError].map((value) => value / (dimensions * Math.LN2));
const measured = \`\${mean!.toFixed(3)} ± \${error!.toFixed(3)} bits/dim\`;`
    : `const measured = \`\${nats.toFixed(2)} ± \${standardError.toFixed(2)} nats\`;`;

function cell(kind: 'markdown' | 'code', source: string, index: number): Cell {
  const base = { cell_type: kind, id: `cell-${index}`, metadata: {}, source: lines(source) };
  return kind === 'code' ? { ...base, execution_count: null, outputs: [] } : base;
}
