// Steps of a test run: programs that are checks, or vitest, whose tests are counted. A step is given the way to run a program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-test-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed, told once more at the end: a long log is often kept by its tail. */
const failures = [];
let files = 0;

/** @typedef {(command: string, args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<boolean>} Run true if it ended well */
/** @typedef {(run: Run) => void | Promise<void>} Step */

export const bin = (name) => join(root, 'node_modules', '.bin', name);

const line = (command, args, env = {}) =>
  `${Object.entries(env).map(([name, value]) => `${name}=${value} `)}${command.replace(root, '')} ${args.join(' ')}`;

/** Runs a program with its output in a file or, as 'inherit', shown. */
async function spawned(output, command, args, env) {
  const start = performance.now();
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
  });
  const ended = await once(child, 'close').then(
    ([status]) => ({ well: status === 0, message: '' }),
    (error) => ({ well: false, message: `${error.message}\n` }),
  );
  return { ...ended, took: `took ${((performance.now() - start) / 1000).toFixed(0)} s` };
}

/** @type {Run} */
async function shown(command, args, env) {
  console.log(`\n> ${line(command, args, env)}`);
  const { well, message, took } = await spawned('inherit', command, args, env);
  console.log(`${message}${took}`);
  return well;
}

/** Shows the output when the program has ended. @type {Run} */
async function shownAfterwards(command, args, env) {
  const path = join(folder, `${files++}.log`);
  const file = openSync(path, 'w');
  const { well, message, took } = await spawned(file, command, args, env);
  closeSync(file);
  console.log(`\n> ${line(command, args, env)}\n${readFileSync(path, 'utf8')}${message}${took}`);
  return well;
}

/** @param {readonly Step[]} steps */
export async function inTurn(steps, run = shown) {
  for (const step of steps) await step(run);
}

/** Rows of steps at the same time, for programs that mostly wait or use one processor. @param {readonly Step[][]} rows */
export async function sideBySide(...rows) {
  await Promise.all(rows.map((steps) => inTurn(steps, shownAfterwards)));
}

function fail(what) {
  counts.failed++;
  failures.push(what);
}

/** A program that counts as one test. @returns {Step} */
export const check = (command, args, env) => async (run) => {
  if (await run(command, args, env)) counts.passed++;
  else fail(line(command, args, env));
};

/** What cannot be tested on this machine. @returns {Step} */
export const skip = (what, why) => () => {
  console.log(`\nskipped: ${what}: ${why}`);
  counts.skipped++;
};

/** A program whose means may be missing on a user's machine; there it is said and counted as skipped. @returns {Step} */
export const checkWhere = (available, why, command, args, env) =>
  available ? check(command, args, env) : skip(line(command, args, env), why);

/** Tests, each counted. @returns {Step} */
export const vitest =
  (args, env, launcher = [bin('vitest')]) =>
  async (run) => {
    const report = join(folder, `${files++}.json`);
    const [command, ...prefix] = launcher;
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const well = await run(command, [...prefix, 'run', ...reporters, ...args], env);
    const before = counts.failed;
    try {
      count(JSON.parse(readFileSync(report, 'utf8')));
    } catch (error) {
      fail(`vitest ${args.join(' ')} left no report: ${error.message}`);
    }
    if (!well && counts.failed === before) fail(`vitest ${args.join(' ')}: the lines above say why`);
  };

function count({ testResults }) {
  for (const { name, status, assertionResults, message } of testResults) {
    const file = name.replace(root, '');
    const failed = assertionResults.some(({ status }) => status === 'failed');
    if (status === 'failed' && !failed) fail(`${file}: ${message}`); // it did not load, or a hook failed
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status === 'failed') fail(`${file}: ${fullName}: ${failureMessages.join('\n')}`);
      else counts[status === 'passed' ? 'passed' : 'skipped']++;
    }
  }
}

/** Says what failed, and the counts, and ends. */
export function finish() {
  rmSync(folder, { recursive: true, force: true });
  for (const what of failures) console.log(`\nfailed: ${what}`);
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exit(counts.failed === 0 ? 0 : 1);
}
