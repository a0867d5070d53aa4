import { type Experiment, findExperiment } from '@pixelrnn/experiments';
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
  const { id, title } = experiment;
  const run = smallRun(experiment);
  const { of, kind } = run;
  const bits = run.metric === 'bits/dim';
  const whole = experiment.rows.length > 0 ? `pnpm exp ${id} --preset cpu` : `pnpm exp ${id}`;
  const parts: [kind: 'markdown' | 'code', source: string][] = [
    [
      'markdown',
      `# ${title}

What the paper claims, in two sentences.

Below: the committed results, trained weights at work, and a run of seconds that can be changed. \`${whole}\` does the whole.`,
    ],
    ['code', imports(experiment, run)],
    ['markdown', '## Committed results'],
    ...committed(experiment).map((source) => ['code', source] as ['code', string]),
    ['markdown', '## Trained weights at work'],
    ['code', kind === 'codes' ? `${reconstructed}\n\n${weightsAtWork(run)}` : weightsAtWork(run)],
    ['markdown', '## A small run'],
    [
      'code',
      `const row = buildRow(${of}, '${run.row}', data.train);
row.model`,
    ],
    [
      'code',
      `const run = await train(row.model, row.training, data);
${bits ? 'const dimensions = data.train.height * data.train.width * data.train.channels;\n' : ''}const curve = { label: row.label, log: run.history${bits ? ', dimensions' : ''} };
await displayFigure(trainingCurve([curve], { unit: '${run.metric}' }));`,
    ],
    [
      'code',
      `const test = data.test.subset(200);
const { nats, standardError } = await evaluate(row.model, test);
${measured(bits)}
console.log(\`\${row.label} after \${run.steps} steps, 200 test images of \${test.name}: \${measured}\`);
${drawnByRun(kind)}`,
    ],
    [
      'markdown',
      `## Change this and see

- \`buildRow(${of}, '${run.row}', data.train, { set: { steps: 500 } })\` trains for longer; \`preset: 'cpu'\` has the sizes of the committed results.`,
    ],
  ];
  const cells = parts.map(([kind, source], index): Cell => cell(kind, source, index));
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

/** What the small run of a notebook trains. */
interface SmallRun {
  /** The variable of the experiment that has the row. */
  of: 'experiment' | 'table4' | 'table5';
  row: string;
  metric: Experiment['metric'];
  /** What the experiment's models draw: images, images of a class, or images of a code. */
  kind: 'images' | 'classes' | 'codes';
}

/** The first row that is trained; of an experiment that trains nothing, that of the table with the same images. */
function smallRun(experiment: Experiment): SmallRun {
  const trained = experiment.rows.flatMap(({ name, model, standIn }) =>
    model && !standIn ? [{ name, model }] : [],
  );
  const [first] = trained;
  if (!first) {
    const of = experiment.datasets.includes('cifar10') ? 'table5' : 'table4';
    return { ...smallRun(findExperiment(of)), of };
  }
  const has = (setting: string) =>
    trained.some(({ model }) => setting in model.settings.shape || setting in model.presets.smoke);
  const kind = has('encoderLayers') ? 'codes' : has('dropCondition') ? 'classes' : 'images';
  return { of: 'experiment', row: first.name, metric: experiment.metric, kind };
}

function imports({ id, rows }: Experiment, { of, kind }: SmallRun): string {
  const codes = kind === 'codes';
  const names = [
    ...['buildRow', 'committedResults', 'displayFigure', 'displayImage', 'evaluate', 'findExperiment'],
    ...['generate', 'imageGrid', 'imageShapeOf', 'liveData', 'loadEngine', 'loadPretrained'],
    ...(rows.length > 0 ? [] : ['resultsFolder']),
    ...(codes ? ['scaleIntensities'] : []),
    ...['train', 'trainingCurve'],
    ...(codes ? ['viewsOf'] : []),
  ];
  const files = [
    "import { readdir, readFile } from 'node:fs/promises';",
    "import { join } from 'node:path';",
  ];
  return [
    ...(rows.length > 0 ? ["import { DataFrame } from 'danfojs-node';"] : files),
    ...(codes ? ["import type { LayersModel, Tensor } from '@tensorflow/tfjs';"] : []),
    ...['import {', wrapped(names), "} from '@pixelrnn/notebook';", ''],
    'const { engine } = await loadEngine({ quiet: true });',
    `const experiment = findExperiment('${id}');`,
    ...(of === 'experiment' ? [] : [`const ${of} = findExperiment('${of}'); // what the models come from`]),
    `const data = await liveData(${of});`,
    `console.log(\`engine: \${engine}\\n\${data.note}\`);`,
  ].join('\n');
}

/** Names, separated by commas, in indented lines that a notebook shows whole. */
function wrapped(names: readonly string[]): string {
  const rows: string[] = [];
  for (const name of names) {
    const longer = `${rows.at(-1)} ${name},`;
    if (rows.length > 0 && longer.length <= 96) rows[rows.length - 1] = longer;
    else rows.push(`  ${name},`);
  }
  return rows.join('\n');
}

function committed({ rows }: Experiment): string[] {
  if (rows.length === 0) {
    return [
      `const folder = join(resultsFolder, experiment.id);
const pictures = (await readdir(folder)).filter((name) => name.endsWith('.png'));
for (const name of pictures) displayImage(await readFile(join(folder, name)), name);`,
    ];
  }
  return [
    `const committed = await committedResults(experiment);
console.log(committed.note);
new DataFrame(committed.rows)`,
    `if (committed.figure) await displayFigure(committed.figure);
for (const { label, png } of committed.samples) displayImage(png, \`Samples of \${label}\`);`,
  ];
}

const reconstructed = `/** 16 test images, and under each a sample of its code. */
async function reconstructed(model: LayersModel) {
  const { encoder, decoder } = viewsOf(model);
  const { height, width, channels, levels, images } = data.test.subset(16);
  const x = scaleIntensities(images, [16, height, width, channels], levels);
  const codes = encoder.predict(x) as Tensor;
  const condition = (await codes.data()) as Float32Array;
  const drawn = await generate(decoder, { count: 16, seed: 0, condition });
  const shape = { ...imageShapeOf(model), count: 32, columns: 16 };
  return imageGrid({ ...shape, images: Uint8Array.from([...images, ...drawn]) });
}`;

function weightsAtWork({ of, row, kind }: SmallRun): string {
  const none = "else console.log('No trained weights are committed yet; the run below has its own.');";
  if (kind === 'codes') {
    const family = row.replace(/-\d+$/, '');
    return `const best = committed.pretrained.find((name) => name.includes('/${family}-'));
if (best) {
  const png = await reconstructed(await loadPretrained(best));
  displayImage(png, \`16 test images, and under each a sample of its code by \${best}\`);
} ${none}`;
  }
  const results = of === 'experiment' ? 'committed' : `(await committedResults(${of}))`;
  const classes = `  const classes = Array.from({ length: 16 }, (_, i) => i % 10);
  const condition = trained.inputs.length > 1 ? classes : undefined;
`;
  const conditional = kind === 'classes';
  return `const [best] = ${results}.pretrained;
if (best) {
  const trained = await loadPretrained(best);
${conditional ? classes : ''}  const images = await generate(trained, { count: 16, seed: 1${conditional ? ', condition' : ''} });
  const shape = { ...imageShapeOf(trained), count: 16, columns: 16 };
  displayImage(await imageGrid({ ...shape, images }), \`16 images drawn by \${best}\`);
} ${none}`;
}

function drawnByRun(kind: SmallRun['kind']): string {
  if (kind === 'codes') {
    return `const words = '16 test images, and under each a sample of its code by the small run';
displayImage(await reconstructed(row.model), words);`;
  }
  return `const images = await generate(row.model, { count: 16, seed: 0 });
const shape = { ...imageShapeOf(row.model), count: 16, columns: 16 };
displayImage(await imageGrid({ ...shape, images }), '16 images drawn by the small run');`;
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
