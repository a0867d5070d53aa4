import { execFileSync } from 'node:child_process';
import { reachedImports } from '@pixelrnn/files/testing';
import { expect, test } from 'vitest';

test('plans and their WebAssembly need neither TensorFlow.js nor Node', () => {
  expect(reachedImports(new URL('./index.ts', import.meta.url))).toEqual(['crc-32', 'zod']);
});

test('the native executor needs no TensorFlow.js', () => {
  const names = reachedImports(new URL('./nativeExecutor.ts', import.meta.url));
  expect(names.filter((name) => !name.startsWith('node:'))).toEqual(['@pixelrnn/files']);
});

// Tests are bundled, which gives CommonJS modules names that Node does not.
test('Node itself loads plans', () => {
  const program = "import { decodePlan } from '@pixelrnn/kernels/plan'; console.log(typeof decodePlan);";
  const options = ['--conditions=@pixelrnn/source', '--import', 'tsx', '--input-type=module', '-e', program];
  const cwd = new URL('../../../..', import.meta.url);
  expect(execFileSync(process.execPath, options, { cwd, encoding: 'utf8', stdio: 'pipe' })).toBe(
    'function\n',
  );
});
