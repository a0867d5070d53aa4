// `npm run bootstrap`: everything a fresh checkout needs, with nothing but Node and npm.
// The pinned pnpm comes through npm, without a global install.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installHints } from './installHints.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { packageManager, engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const version = packageManager.split('@')[1];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `bootstrap: Node ${engines.node} is needed, this is ${process.version}. Install a newer one.`,
  );
  process.exit(1);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(`bootstrap: cannot start ${command}: ${error.message}`);
  return status === 0;
}

function must(what, command, args) {
  if (run(command, args)) return;
  console.error(
    [
      `bootstrap: ${what} failed: ${command} ${args.join(' ')}. The lines above say why.`,
      ...installHints(),
    ].join(' '),
  );
  process.exit(1);
}

const installed = spawnSync('pnpm', ['--version'], {
  cwd: root,
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
// The package is named by itself: below another `npm exec`, such as one for another Node, npm would take it for a program of that.
const viaNpm = ['npm', 'exec', '--yes', `--package=pnpm@${version}`, '--', 'pnpm'];
const pnpm = installed.stdout?.trim() === version ? ['pnpm'] : viaNpm;
const [command, ...prefix] = pnpm;

must('Installing the packages', command, [...prefix, 'install', '--frozen-lockfile']);
must('Building the packages', 'npm', ['run', '--silent', 'build']);
// The native engine is worth having, not needed: where it cannot be had, WebAssembly computes.
if (!run('npm', ['run', '--silent', 'engine', '--', 'install'])) {
  console.error(
    'bootstrap: the native engine was not installed; `npm run engine` says why. Going on without it.',
  );
}
