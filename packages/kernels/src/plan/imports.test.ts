import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Names of everything outside that a file reaches, types aside. */
function reached(file: URL, seen = new Set<string>()): Set<string> {
  seen.add(file.href);
  const outside = new Set<string>();
  const text = readFileSync(file, 'utf8');
  for (const [, type, name = ''] of text.matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)';/gms)) {
    if (type) continue;
    if (!name.startsWith('.')) outside.add(name);
    else {
      const next = new URL(name.replace(/\.js$/, '.ts'), file);
      if (!seen.has(next.href)) for (const found of reached(next, seen)) outside.add(found);
    }
  }
  return outside;
}

test('plans and their WebAssembly need neither TensorFlow.js nor Node', () => {
  expect([...reached(new URL('./index.ts', import.meta.url))].sort()).toEqual(['crc-32', 'zod']);
});

test('the native executor needs no TensorFlow.js', () => {
  const names = [...reached(new URL('./nativeExecutor.ts', import.meta.url))];
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
