// `pnpm bench <name>`: what is fast, beside peers in the same run. `pnpm bench setup` installs the peers.
import { Argument, Command, CommanderError } from 'commander';
import type { BenchOptions, BenchResult } from './bench.js';
import { BenchError } from './benchError.js';
import { setup } from './setup.js';
import { benchTraining } from './training.js';

const benches: Record<string, (options: BenchOptions) => Promise<BenchResult>> = {
  training: benchTraining,
  generation: async (options) => (await import('./generation.js')).benchGeneration(options),
  'time-to-nats': async (options) => (await import('./timeToNats.js')).benchTimeToNats(options),
  mpi: async (options) => (await import('./mpi.js')).benchMpi(options),
  scaling: async (options) => (await import('./scaling.js')).benchScaling(options), // with TensorFlow.js
};
const log = (line: string) => console.error(`bench: ${line}`);

const program = new Command('pnpm bench')
  .description('Measures speed beside other frameworks, interleaved in the same run.')
  .addArgument(
    new Argument('<name>', 'what to measure; or setup, which installs the peers').choices([
      ...Object.keys(benches),
      'setup',
    ]),
  )
  .option('--quick', 'fewer and shorter rounds, to see that everything runs')
  .option('--only <part>', 'only the rows whose name contains this')
  .option('--json', 'one JSON object on stdout')
  .exitOverride()
  .action(async (name: string, { quick, only, json }: { quick?: boolean; only?: string; json?: boolean }) => {
    const bench = benches[name];
    if (!bench) {
      setup(log);
      return;
    }
    const { report, text, failures } = await bench({ quick, only, log });
    console.log(json ? JSON.stringify(report) : text);
    if (failures.length > 0) process.exitCode = 1; // each has been logged
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has printed the sentence
  } else if (error instanceof BenchError) {
    log(error.message);
    process.exitCode = error.exitCode;
  } else {
    throw error;
  }
}
