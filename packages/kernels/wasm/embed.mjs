// Writes kernels.wasm as base64 into src/wasm/module.ts, so that it loads in a browser and from any bundle alike.
import { readFileSync, writeFileSync } from 'node:fs';

const base64 = readFileSync(new URL('kernels.wasm', import.meta.url)).toString('base64');
const source = `// Written by wasm/embed.mjs from wasm/kernels.wasm.
export const kernelsBase64 =
  '${base64}';
`;
writeFileSync(new URL('../src/wasm/module.ts', import.meta.url), source);
