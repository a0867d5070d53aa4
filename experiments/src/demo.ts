import { resolve } from 'node:path';
import { TrainingError } from '@pixelrnn/training';
import { fixedOrSeeded } from './fixedOrSeeded.js';
import { formatTable } from './runner/printTable.js';
import { runExperiment } from './runner/runExperiment.js';
import { table4 } from './table4.js';

/**
 * `npm run demo`: a small PixelCNN on binarized MNIST in about a minute of training, then the likelihood of the whole test
 * split, a grid of samples and the row of Table 4.
 */
async function demo(): Promise<void> {
  const out = resolve('runs', 'demo');
  const data = await fixedOrSeeded({ download: true });
  const { table, failures } = await runExperiment(table4, {
    preset: 'smoke',
    rows: ['pixelcnn'],
    set: {
      data,
      steps: 100_000,
      maxSeconds: 60,
      learningRate: 2e-3,
      blocks: 4,
      h: 16,
      headWidth: 32,
      logEvery: 10,
      validateEvery: 100_000,
      testImages: null,
      samples: 64,
    },
    out,
    fresh: true,
  });
  if (failures[0]) throw new Error(failures[0].message);
  const folder = `${out}/table4`;
  console.log(
    [
      '',
      formatTable({ ...table, rows: table.rows.filter(({ name }) => name === 'pixelcnn') }),
      '',
      `samples  ${folder}/runs/pixelcnn/seed-0/samples.png`,
      `curve    ${folder}/curve.png, ${folder}/curve.html`,
      `table    ${folder}/table.md, ${folder}/plot.png, ${folder}/plot.html`,
    ].join('\n'),
  );
}

try {
  await demo();
} catch (error) {
  console.error(`demo: ${(error as Error).message}`);
  process.exit(error instanceof TrainingError ? error.exitCode : 1);
}
