import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

function bench(...args: string[]) {
  const flags = ['--conditions=@pixelrnn/source', '--import', 'tsx'];
  return spawnSync(process.execPath, [...flags, 'bench/cli.ts', ...args], { cwd: root, encoding: 'utf8' });
}

it.each([
  ['an unknown name', ['flying'], 'training'],
  ['an unknown option', ['training', '--fast'], '--fast'],
  ['no name', [], 'name'],
  [
    'a row that there is not',
    ['training', '--only', 'pixelsnail'],
    "'pixelsnail'; the rows are 'pixelcnn 28x28x1",
  ],
])('refuses %s with exit code 2', (_, args, said) => {
  const { status, stderr, stdout } = bench(...args);
  expect(stderr).toContain(said);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

it('lists what can be measured', () => {
  const { status, stdout } = bench('--help');
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    '"training", "generation", "time-to-nats", "mpi", "scaling", "setup"',
  );
  expect(status).toBe(0);
});
