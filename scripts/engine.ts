// `pnpm engine`: which engine runs here and why, and how fast. `pnpm engine install`: native TensorFlow.
// `pnpm engine compare`: how fast engine and kernels train here.
import { EngineError, installEngine, loadEngine, measureSpeed } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import { buildNativeKernels, buildPlanExecutor } from '@pixelrnn/kernels/native';
import { buildMpi, MpiError } from '@pixelrnn/mpi';
import { Command, CommanderError, Option } from 'commander';
import { chooseEngine } from './engine/chooseEngine.js';
import { comparisonTable } from './engine/comparisonTable.js';
import { report } from './engine/doctor.js';

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
  .option('--mpi', 'also what trains one model on several machines, for the MPI whose mpicxx is in PATH')
  .action(install);

program
  .command('compare')
  .description(
    'Trains two small models on each engine that is here, with fused and composed kernels, for half a minute or longer.',
  )
  .action(() => console.log(comparisonTable()));

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

async function install(options: { cpu?: boolean; gpu?: boolean; mpi?: boolean }): Promise<void> {
  await installEngine({ gpu: options.cpu ? false : (options.gpu ?? 'auto'), log: console.log });
  const kernels = await buildNativeKernels({ log: console.log });
  if ('unavailable' in kernels) console.log(`No native kernels: ${kernels.unavailable}.`);
  else if (!kernels.built) console.log('The fused kernels are built for this processor.');
  await chooseEngine('unavailable' in kernels ? kernels.unavailable : undefined, console.log);
  const executor = await buildPlanExecutor({ log: console.log });
  if ('unavailable' in executor) console.log(`No native executor of plans: ${executor.unavailable}.`);
  else if (!executor.built) console.log('The executor of plans is built for this processor.');
  if (!options.mpi) return;
  const { op } = await buildMpi({ log: console.log });
  if (!op) console.log('Without TensorFlow sums over ranks go through arrays.');
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has printed the sentence
  } else if (error instanceof MpiError) {
    console.error(`engine: ${error.message}`);
    process.exitCode = 1;
  } else if (error instanceof EngineError) {
    console.error(`engine: ${error.message}`);
    process.exitCode = error.usage ? 2 : 1;
  } else {
    throw error;
  }
}
