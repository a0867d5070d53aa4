import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planBase64 } from './wasmModule.js';

test('the embedded module is wasm/plan.wasm', () => {
  const file = readFileSync(new URL('../../wasm/plan.wasm', import.meta.url));
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  expect(hash(Buffer.from(planBase64, 'base64')), 'run `pnpm --filter @pixelrnn/kernels embed`').toBe(
    hash(file),
  );
});
