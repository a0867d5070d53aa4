// Writes plan.wasm as base64 into src/plan/wasmModule.ts, so that it loads in a browser and from any bundle alike.
import { readFileSync, writeFileSync } from 'node:fs';

const base64 = readFileSync(new URL('plan.wasm', import.meta.url)).toString('base64');
const source = `// Written by wasm/embed-plan.mjs from wasm/plan.wasm.
export const planBase64 =
  '${base64}';
`;
writeFileSync(new URL('../src/plan/wasmModule.ts', import.meta.url), source);
