import { expect, test } from 'vitest';
import { launchOf } from './launch.js';

test.each([
  ['nothing', {}, null],
  ['mpirun', { OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '4' }, { by: 'mpirun', rank: 2, size: 4 }],
  [
    'mpirun inside a job of Slurm',
    {
      ...{ OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '3', PMIX_RANK: '0', PMIX_NAMESPACE: '17' },
      ...{ SLURM_PROCID: '0', SLURM_STEP_NUM_TASKS: '1' },
    },
    { by: 'mpirun', rank: 0, size: 3 },
  ],
  [
    'srun --mpi=pmix',
    { PMIX_RANK: '3', PMIX_NAMESPACE: 'slurm.pmix.4.0', SLURM_PROCID: '3', SLURM_STEP_NUM_TASKS: '8' },
    { by: 'srun --mpi=pmix', rank: 3, size: 8 },
  ],
  [
    'PMIx without Slurm',
    { PMIX_RANK: '1', PMIX_NAMESPACE: 'prterun-1' },
    { by: 'a launcher of PMIx', rank: 1, size: null },
  ],
  ["MPICH's mpiexec", { PMI_RANK: '1', PMI_SIZE: '2' }, { by: 'mpiexec', rank: 1, size: 2 }],
  ['a batch script, or an array task', { SLURM_PROCID: '0', SLURM_NTASKS: '4', SLURM_JOB_ID: '7' }, null],
  ['srun of one task', { SLURM_PROCID: '0', SLURM_STEP_NUM_TASKS: '1' }, null],
  ['a half-set variable', { OMPI_COMM_WORLD_RANK: '' }, null],
])('%s', (_, environment, launch) => {
  expect(launchOf(environment)).toEqual(launch);
});

test('tasks of srun that know nothing of each other are refused', () => {
  expect(() => launchOf({ SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '4' })).toThrow(
    'srun started 4 tasks without MPI, so each would train by itself: use srun --mpi=pmix, or one task.',
  );
});
