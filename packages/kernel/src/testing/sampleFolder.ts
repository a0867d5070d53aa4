import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const files: Record<string, string> = {
  'node_modules/sample/package.json': JSON.stringify({
    name: 'sample',
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './sub': { types: './sub.d.ts', default: './sub.js' },
    },
    main: './index.js',
  }),
  'node_modules/sample/index.js':
    'exports.scale = (value, by = 2) => value * by; exports.fail = () => { throw new RangeError("of the library"); };',
  'node_modules/sample/index.d.ts': `export declare class Overflow extends Error {}
/**
 * Scales a value, see {@link fail}.
 * @param by how much
 * @throws {@link Overflow} when it is too large
 */
export declare function scale(value: number, by?: number): number;
export declare function fail(): never;
`,
  'node_modules/sample/sub.js': "exports.word = 'from the subpath';",
  'node_modules/sample/sub.d.ts': 'export declare const word: string;',
  'package.json': JSON.stringify({ dependencies: { sample: '*' } }),
  'local.ts': `export const local: number = 1;

export function failing(): never {
  throw new Error('in a file');
}
`,
};

/** A folder with one package and one file for a kernel to import. @returns it and what removes it */
export async function sampleFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kernel-test-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
