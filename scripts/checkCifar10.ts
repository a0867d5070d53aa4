// Fetches CIFAR-10 as a user would (the data folder's own if it is there), and checks the two rows of Table 5 that are
// computed: uniform at 8.00 and the Gaussian within 0.003 bits/dim of a reference in NumPy with sampled noise.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resultTableSchema } from '@pixelrnn/metrics';

const root = fileURLToPath(new URL('..', import.meta.url));
const reference = 4.644;
const tolerance = 0.003;

function run(script: string, ...args: string[]): void {
  const command = ['--conditions=@pixelrnn/source', '--import', 'tsx', script, ...args];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} ended with exit code ${status}`);
}

const out = mkdtempSync(join(tmpdir(), 'pixelrnn-cifar10-'));
try {
  run('scripts/data.ts', 'fetch', 'cifar10');
  run('scripts/data.ts', 'verify', 'cifar10');
  run('experiments/src/cli.ts', 'table5', '--rows', 'uniform,gaussian', '--out', out);
  const table = resultTableSchema.parse(JSON.parse(readFileSync(join(out, 'table5', 'table.json'), 'utf8')));
  const test = (name: string) => table.rows.find((row) => row.name === name)?.test ?? Number.NaN;
  if (test('uniform') !== 8) throw new Error(`uniform: ${test('uniform')} bits/dim, expected 8`);
  if (!(Math.abs(test('gaussian') - reference) <= tolerance)) {
    throw new Error(`gaussian: ${test('gaussian')} bits/dim, expected ${reference} within ${tolerance}`);
  }
  console.log(`CIFAR-10: uniform 8.000, Gaussian ${test('gaussian').toFixed(4)} bits/dim`);
} finally {
  rmSync(out, { recursive: true, force: true });
}
