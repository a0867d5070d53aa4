// `pnpm engine`: which engine runs here and why, and how fast. `pnpm engine install`: native TensorFlow.
import {
  EngineError,
  type EngineInfo,
  type EngineSpeed,
  installEngine,
  loadEngine,
  matmulSize,
  measureSpeed,
  tensorflowInstallation,
} from '@pixelrnn/engine';
import { cacheDir } from '@pixelrnn/files';
import { kernelsInUse, whyComposed } from '@pixelrnn/kernels';
import { buildNativeKernels, buildPlanExecutor } from '@pixelrnn/kernels/native';
import { Command, CommanderError, Option } from 'commander';

const program = new Command('pnpm engine')
  .description('Tells which engine TensorFlow.js runs on here and why, and measures it for half a second.')
  .option('--json', 'one JSON object on stdout')
  .exitOverride()
  .action(doctor);

program
  .command('install')
  .description('Installs native TensorFlow in the first way that works; WebAssembly is left where none does.')
  .addOption(new Option('--cpu', 'the build for processors, also where there is a GPU').conflicts('gpu'))
  .option('--gpu', "the build with CUDA; the processors' build where it does not work")
  .action(install);

async function doctor(options: { json?: boolean }): Promise<void> {
  const info = await loadEngine({ quiet: true });
  const speed = await measureSpeed(info.engine);
  if (!options.json) {
    console.log(report(info, speed));
    return;
  }
  const { engine, tensorflow, threads, simd } = info;
  const { conv2dGflops, matmulGflops } = speed;
  console.log(
    JSON.stringify({
      engine,
      tensorflow,
      threads,
      simd,
      kernels: kernelsInUse(),
      conv2dGflops,
      matmulGflops,
    }),
  );
}

function report(info: EngineInfo, { conv2dGflops, matmulGflops }: EngineSpeed): string {
  const installation = tensorflowInstallation();
  const composed = kernelsInUse() === 'composed' ? whyComposed() : null;
  const rows: [string, string][] = [
    [
      'Engine',
      `${info.engine}, ${plural(info.threads, 'thread')}, ${plural(info.simd, 'float')} a vector register`,
    ],
    ['TensorFlow', info.engine === 'gpu' || info.engine === 'node' ? info.tensorflow : 'not used'],
    ['TensorFlow.js', info.tfjs],
    ['Node', `${process.version}, ${process.platform}-${process.arch}`],
    ['libtensorflow', installation ? installation.libraryDir : "not installed: 'pnpm engine install'"],
    ['Cache', cacheDir()],
    ['Kernels', kernelsInUse() + (composed ? `: ${composed}` : '')],
    ...info.attempts.map(({ engine, loaded, reason }): [string, string] => [
      `Tried ${engine}`,
      loaded ? 'runs' : reason,
    ]),
    ['conv2d', `${conv2dGflops.toFixed(1)} GFLOP/s`],
    [
      'matMul',
      `${matmulGflops.toFixed(1)} GFLOP/s (${matmulSize(info.engine)} x ${matmulSize(info.engine)})`,
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)} ${value}`).join('\n');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

async function install(options: { cpu?: boolean; gpu?: boolean }): Promise<void> {
  await installEngine({ gpu: options.cpu ? false : (options.gpu ?? 'auto'), log: console.log });
  const kernels = await buildNativeKernels({ log: console.log });
  if ('unavailable' in kernels) console.log(`No native kernels: ${kernels.unavailable}.`);
  else if (!kernels.built) console.log('The fused kernels are built for this processor.');
  const executor = await buildPlanExecutor({ log: console.log });
  if ('unavailable' in executor) console.log(`No native executor of plans: ${executor.unavailable}.`);
  else if (!executor.built) console.log('The executor of plans is built for this processor.');
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has printed the sentence
  } else if (error instanceof EngineError) {
    console.error(`engine: ${error.message}`);
    process.exitCode = error.usage ? 2 : 1;
  } else {
    throw error;
  }
}
