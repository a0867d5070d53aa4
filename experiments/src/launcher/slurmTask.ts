// One task of an array job, in the place of the script that sbatch was given: slurmTask.ts <folder of the submission>
import { listenToSlurm } from './taskSignals.js';

const signals = listenToSlurm(); // before the seconds that the rest takes to load
const { runTask } = await import('./runTask.js');
const { slurmCommands } = await import('./slurm.js');
try {
  process.exit(await runTask(process.argv[2] as string, signals, slurmCommands));
} catch (error) {
  console.error(`pnpm exp: ${(error as Error).message}`);
  process.exit(1);
}
