// Fails where a TypeScript, JavaScript or C++ file has more than 300 lines; part of `pnpm lint`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const most = 300;
/** Files that may have more, and why. */
const exceptions = {
  'packages/kernels/src/wasm/kernelsHeader.ts': 'written by wasm/header.mjs from kernels.h',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const globs = ['*.ts', '*.mjs', '*.cc', '*.h'];
const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...globs];
const { status, stdout, stderr } = spawnSync('git', list, {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 << 20,
});
if (status !== 0) {
  console.error(`lines: git cannot list the files: ${stderr}`);
  process.exit(1);
}
const files = stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
const long = files
  .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > most);
for (const { path, lines } of long.filter(({ path }) => !(path in exceptions))) {
  console.error(
    `${path} has ${lines} lines, more than ${most}: split it, or say why not in scripts/checkLines.mjs`,
  );
  process.exitCode = 1;
}
for (const path of Object.keys(exceptions).filter((path) => !long.some((file) => file.path === path))) {
  console.error(`${path} is no exception any more: take it out of scripts/checkLines.mjs`);
  process.exitCode = 1;
}
