// The whole of `npm test` after the bootstrap: static checks, then every test. Ends with one line of counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-test-'));
const report = join(folder, 'vitest.json');

const run = (name, args) => {
  console.log(`\n> ${name} ${args.join(' ')}`);
  return spawnSync(bin(name), args, { cwd: root, stdio: 'inherit' }).status === 0;
};

const checks = [run('biome', ['check', '.']), run('knip', []), run('tsc', ['-p', 'tsconfig.json'])];
run('vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const passed of checks) counts[passed ? 'passed' : 'failed']++;
try {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  for (const { status, assertionResults, message } of testResults) {
    if (status === 'failed' && assertionResults.length === 0) {
      counts.failed++; // the file itself did not load
      console.error(message);
    }
    for (const { status } of assertionResults) {
      counts[status === 'passed' || status === 'failed' ? status : 'skipped']++;
    }
  }
} catch (error) {
  console.error(`vitest left no report: ${error.message}`);
  counts.failed++;
}
rmSync(folder, { recursive: true, force: true });
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);
