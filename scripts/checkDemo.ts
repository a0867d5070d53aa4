// Runs the demo and checks what it promises: the files that it names, and a test likelihood under 110 nats.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resultTableSchema } from '@pixelrnn/metrics';

const root = fileURLToPath(new URL('..', import.meta.url));
const bar = 110;

const args = ['--conditions=@pixelrnn/source', '--import', 'tsx', 'experiments/src/demo.ts'];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
if (status !== 0) throw new Error(`the demo ended with exit code ${status}`);

const folder = join(root, 'runs/demo/table4');
const files = [
  'table.md',
  'table.csv',
  'plot.png',
  'plot.html',
  'curve.png',
  'runs/pixelcnn/seed-0/samples.png',
];
const missing = files.filter((name) => !existsSync(join(folder, name)));
if (missing.length > 0) throw new Error(`the demo did not write ${missing.join(', ')}`);
const table = resultTableSchema.parse(JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8')));
const row = table.rows.find(({ name }) => name === 'pixelcnn');
if (!row?.test || row.test >= bar)
  throw new Error(`the demo's test likelihood is ${row?.test} nats, expected under ${bar}`);
console.log(`demo: ${row.test.toFixed(2)} nats on the test split, under ${bar}`);
