/** What Slurm, or a folder that its nodes must share, does not give. */
export class SlurmError extends Error {
  override name = 'SlurmError';
}
