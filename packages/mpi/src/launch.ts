import { MpiError } from './mpiError.js';

/** As what a launcher of MPI programs started this process. */
export interface Launch {
  /** As messages name it. */
  by: string;
  rank: number;
  /** Null where the launcher does not tell. */
  size: number | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The launch of this process, told by the variables that a launcher sets; null without one.
 *
 * @throws MpiError where `srun` started several tasks and told them nothing of each other
 */
export function launchOf(environment: Environment): Launch | null {
  const number = (name: string) => {
    const value = environment[name];
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
  };
  const [ompi, pmix, pmi] = ['OMPI_COMM_WORLD_RANK', 'PMIX_RANK', 'PMI_RANK'].map(number);
  const tasks = number('SLURM_STEP_NUM_TASKS');
  if (ompi != null) return { by: 'mpirun', rank: ompi, size: number('OMPI_COMM_WORLD_SIZE') };
  if (pmix != null && environment.PMIX_NAMESPACE) {
    const slurm = number('SLURM_PROCID') !== null;
    return { by: slurm ? 'srun --mpi=pmix' : 'a launcher of PMIx', rank: pmix, size: slurm ? tasks : null };
  }
  if (pmi != null) return { by: 'mpiexec', rank: pmi, size: number('PMI_SIZE') };
  if (tasks !== null && tasks > 1) {
    throw new MpiError(
      `srun started ${tasks} tasks without MPI, so each would train by itself: use srun --mpi=pmix, or one task.`,
    );
  }
  return null;
}
